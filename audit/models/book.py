"""The book: events, the seals that fix them, and the signed checkpoints that fix the seals."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Left
from django.utils import timezone

from audit import chain, checkpoints

READ_FOR_WORDS = 250_000  # characters of a body: PostgreSQL takes 1 MB of words at most, and refuses the row


def said(pattern: str) -> Func:
    """Return the first part of the body that the pattern's brackets match; canonical JSON has one form."""
    return Func(F("body"), Value(pattern), function="substring", output_field=models.TextField())


WORDS = SearchVector(Left("body", READ_FOR_WORDS), config="simple")
BY_MODEL = said('"model":"([^"]*)"')
BY_ITEM_TYPE = said('"item_type":"([^"]*)"')
BY_POLICY = said('"policy":([0-9]+)')


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
        max_length=64, blank=True, help_text="The request (X-Request-ID) or task that it was part of."
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
            models.Index(fields=["request_id", "id"], condition=~Q(request_id=""), name="event_by_request"),
            models.Index(BY_MODEL, "id", condition=Q(body__contains='"model":"'), name="event_by_model"),
            models.Index(
                BY_ITEM_TYPE, BY_POLICY, "id", condition=Q(body__contains='"policy":'), name="event_by_policy"
            ),
            GinIndex(WORDS, name="event_by_words"),
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
    root = models.CharField(max_length=64, help_text="Root of its events' Merkle tree, in hex (RFC 9162).")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 over its root and its fields.")

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
            root=self.root,
            digest=self.digest,
        )


class Checkpoint(models.Model):
    """A signed statement of which seal was the newest: who holds a copy can tell when the end was cut off."""

    seal = models.PositiveBigIntegerField(primary_key=True, help_text="The newest seal's number.")
    at = models.DateTimeField(default=timezone.now, help_text="When it was signed.")
    head = models.CharField(max_length=64, help_text="That seal's digest.")
    events = models.PositiveBigIntegerField(help_text="How many events it and all seals before it cover.")
    key = models.CharField(max_length=64, help_text="The public key that it was signed with, in hex.")
    signature = models.CharField(
        max_length=128, help_text="Ed25519 (RFC 8032) over the checkpoint's canonical JSON, in hex."
    )

    class Meta:
        ordering = ["seal"]
        constraints = [
            models.CheckConstraint(condition=Q(seal__gte=1), name="checkpoint_seal_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"checkpoint at seal {self.seal}"

    @property
    def statement(self) -> checkpoints.Statement:
        """The checkpoint as a value that can be compared, signed and shown."""
        return checkpoints.Statement(self.seal, self.at, self.head, self.events, self.key, self.signature)
