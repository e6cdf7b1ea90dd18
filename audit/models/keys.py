"""The keys of API clients."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.scopes import SCOPES


class ApiKey(models.Model):
    """One key of one user; the secret itself is shown once and never stored."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="api_keys", help_text="Whom the key acts for."
    )
    name = models.CharField(max_length=100, help_text="What the key is for, in your words.")
    prefix = models.CharField(
        max_length=8, unique=True, editable=False, help_text="The readable part, which the trail names."
    )
    hash = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the secret part.")
    rotated_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was given the secret that it has."
    )
    old_hash = models.CharField(
        max_length=64, blank=True, editable=False, help_text="SHA-256 of the secret before that."
    )
    old_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Until when the secret before that works too."
    )
    scopes = ArrayField(
        models.CharField(max_length=20, choices=[(scope, scope) for scope in SCOPES]),
        help_text="What the key may do.",
    )
    by_role = ArrayField(
        models.CharField(max_length=20),
        default=list,
        editable=False,
        help_text="Those that a role of its user allowed as it was made: they are lost with the role.",
    )
    item_types = ArrayField(
        models.CharField(max_length=50),
        default=list,
        blank=True,
        help_text="The short names of the only item types that it may touch. Empty: all that its user may.",
    )
    most_a_minute = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Requests that it may send in a minute. Empty: as the server is set; 0: no limit.",
    )
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="From then on it is refused. Empty: never."
    )
    last_used_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was last used, to the minute."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False, help_text="When it was made.")
    created_by = models.CharField(
        max_length=200, editable=False, help_text="Who made it, as the trail names people."
    )
    revoked_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was revoked; it is refused since."
    )
    revoked_by = models.CharField(
        max_length=200,
        null=True,
        blank=True,
        editable=False,
        help_text="Who revoked it, as the trail names people.",
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "API key"
        verbose_name_plural = "API keys"
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="apikey_revoked_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(rotated_at__isnull=True, old_until__isnull=True, old_hash="")
                | Q(rotated_at__isnull=False, old_until__isnull=False) & ~Q(old_hash=""),
                name="apikey_rotated_from_something",
            ),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=list(SCOPES)), name="apikey_scopes_are_known"
            ),
            models.CheckConstraint(
                condition=Q(by_role__contained_by=F("scopes")), name="apikey_by_role_is_of_its_scopes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} ({self.name})"
