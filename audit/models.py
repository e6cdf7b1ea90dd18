"""The book: events, the seals that fix them, and the keys of API clients."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit import chain
from audit.scopes import SCOPES


class AuditEvent(models.Model):
    """Who did what to what, and when: written once, never changed, without foreign keys."""

    id = models.BigAutoField(primary_key=True, help_text="Given by the database; later events may be lower.")
    at = models.DateTimeField(default=timezone.now, help_text="When it happened.")
    actor = models.CharField(
        max_length=200, help_text="Who: user:NAME, key:PREFIX/NAME for an API key, or system:PART."
    )
    verb = models.CharField(max_length=100, help_text="What was done, for example item.submitted.")
    subject_type = models.CharField(
        max_length=100, help_text="What it was done to, for example routing.item."
    )
    subject_id = models.CharField(max_length=200, help_text="Which one: its id.")
    request_id = models.CharField(
        max_length=64, blank=True, help_text="The request it was part of (X-Request-ID); empty for a task."
    )
    body = models.TextField(
        help_text="What else is known, as canonical JSON: before and after, reasons, versions."
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of the event's content.")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["subject_id", "subject_type", "id"], name="event_by_subject"),
            models.Index(fields=["actor", "id"], name="event_by_actor"),
            models.Index(fields=["verb", "id"], name="event_by_verb"),
            models.Index(fields=["at"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject} by {self.actor}"

    @property
    def data(self) -> dict[str, Any]:
        """What else is known, parsed."""
        return json.loads(self.body)

    @property
    def subject(self) -> str:
        """The subject as one text, `type:id`."""
        return f"{self.subject_type}:{self.subject_id}"


class Seal(models.Model):
    """The link that fixes the events of about a minute, and every seal before it."""

    number = models.PositiveBigIntegerField(primary_key=True, help_text="1, 2, 3… without gaps.")
    at = models.DateTimeField(default=timezone.now, help_text="When it was set.")
    events = models.PositiveBigIntegerField(help_text="How many events it covers.")
    first_id = models.BigIntegerField(help_text="The lowest event id that it covers.")
    members = models.TextField(help_text="Exactly which event ids it covers: JSON list of [first, last].")
    last_id = models.BigIntegerField(help_text="The last event id that had been given out when it was set.")
    complete_to = models.BigIntegerField(
        help_text="Every event up to this id is in this seal or an earlier one; a later find is a forgery."
    )
    writing = ArrayField(
        models.CharField(max_length=64),
        blank=True,
        help_text="Transactions that were writing events when it was set, and may yet commit lower ids.",
    )
    previous = models.CharField(
        max_length=64, help_text="The digest of the seal before; zeros for the first."
    )
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 over its events and its fields.")

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["last_id"], name="seal_by_last_id")]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="seal_number_counts_from_one"),
            models.CheckConstraint(condition=Q(events__gte=1), name="seal_covers_something"),
            models.CheckConstraint(condition=Q(first_id__lte=F("last_id")), name="seal_first_before_last"),
            models.CheckConstraint(
                condition=Q(complete_to__lte=F("last_id")), name="seal_complete_to_reached"
            ),
        ]

    def __str__(self) -> str:
        return f"seal {self.number}"

    @property
    def link(self) -> chain.Link:
        """The seal as a value of the pure chain; raises chain.Broken where its members can't be read."""
        return chain.Link(
            number=self.number,
            at=self.at,
            events=self.events,
            members=chain.parse_members(self.number, self.members, self.first_id, self.events),
            last_id=self.last_id,
            complete_to=self.complete_to,
            writing=tuple(self.writing),
            previous=self.previous,
            digest=self.digest,
        )


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
    scopes = ArrayField(
        models.CharField(max_length=20, choices=[(scope, scope) for scope in SCOPES]),
        help_text="What the key may do.",
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
                condition=Q(scopes__contained_by=list(SCOPES)), name="apikey_scopes_are_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} ({self.name})"
