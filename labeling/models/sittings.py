"""Stretches of work, and the keys that people chose for it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.uuid7 import uuid7


class ReviewSession(models.Model):
    """One sitting of one person at the review page."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sittings")
    started_at = models.DateTimeField(default=timezone.now)
    last_active_at = models.DateTimeField(default=timezone.now)
    working_since = models.DateTimeField(default=timezone.now)  # when the last rest within it ended
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="session_one_open_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} from {self.started_at:%Y-%m-%d %H:%M}"


class Keymap(models.Model):
    """Which keys one person has chosen for the acts of the review page."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="keymap")
    keys = models.JSONField(default=dict)  # act -> key, only where it differs from the usual one

    class Meta:
        ordering = ["user"]

    def __str__(self) -> str:
        return f"keys of {self.user}"
