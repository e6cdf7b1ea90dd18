"""What clients are owed, and what they have asked before."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Lower
from django.utils import timezone

from audit.uuid7 import uuid7
from routing.models.items import Item


class Delivery(models.Model):
    """The outbox: one message owed to a client, written in the transaction that it tells of."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)  # its webhook-id
    # Empty: the message is about no item, such as that training is due.
    item = models.ForeignKey(Item, null=True, on_delete=models.CASCADE, related_name="deliveries")
    url = models.URLField(max_length=2000)
    event = models.CharField(max_length=50)
    body = models.JSONField()
    # Where it goes, without the path: what rests together when it doesn't answer.
    origin = models.GeneratedField(
        expression=Func(Lower("url"), Value("^https?://[^/?#]+"), function="substring"),
        output_field=models.CharField(max_length=300, null=True),
        db_persist=True,
    )
    created_at = models.DateTimeField(default=timezone.now)
    owed_at = models.DateTimeField(default=timezone.now)  # since when: anew where somebody sends it again
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, default=timezone.now)
    delivered_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    last_answer = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(parked_at__isnull=True),
                name="delivery_is_delivered_or_parked",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True, parked_at__isnull=True, next_attempt_at__isnull=False)
                | (Q(next_attempt_at__isnull=True) & ~Q(delivered_at__isnull=True, parked_at__isnull=True)),
                name="delivery_is_due_until_it_ends",
            ),
        ]
        indexes = [
            models.Index(
                fields=["origin", "next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="delivery_due_by_origin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.url}"


class DeliveryAttempt(models.Model):
    """One attempt to hand over a message: what was answered, or why nothing was (then without a status)."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)
    said = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.status or 'no answer'}"


class Endpoint(models.Model):
    """One client's server: how messages to it are wrapped, and whether it rests as it doesn't answer."""

    class Envelope(models.TextChoices):
        STANDARD = "standard", "Standard Webhooks: type, timestamp, data"
        CLOUDEVENTS = "cloudevents", "CloudEvents 1.0, structured JSON"

    origin = models.CharField(
        max_length=300,
        unique=True,
        help_text="Scheme, host and port of the addresses, for example https://client.example. It can't be "
        "changed later.",
    )
    envelope = models.CharField(
        max_length=12,
        choices=Envelope.choices,
        default=Envelope.STANDARD,
        help_text="How messages to it are wrapped. They are signed alike.",
    )
    failures = models.PositiveIntegerField(default=0, editable=False)  # one after another
    failing_since = models.DateTimeField(null=True, editable=False)
    rests_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["origin"]
        constraints = [
            models.CheckConstraint(
                condition=Q(failures=0, failing_since__isnull=True)
                | Q(failures__gt=0, failing_since__isnull=False),
                name="endpoint_fails_since_its_first_failure",
            ),
        ]

    def __str__(self) -> str:
        return self.origin

    def clean(self) -> None:
        """Say what is no origin."""
        if not re.fullmatch(r"https?://[^/?#@\sA-Z]+", self.origin):
            said = "Write scheme and host in small letters, without a path: https://client.example."
            raise ValidationError({"origin": said})


class GoneAddress(models.Model):
    """One address that has answered 410 and wants no more; known by its hash, as it may name people."""

    digest = models.CharField(max_length=64, primary_key=True)  # SHA-256 of the address, in hexadecimals
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest[:12]


class DeliveryCount(models.Model):
    """How many attempts have come to one outcome since the server was set up; it never falls."""

    outcome = models.CharField(max_length=9, primary_key=True)
    count = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.outcome}: {self.count}"


class IdempotencyKey(models.Model):
    """One POST that a client marked as safe to repeat, with the answer that it got."""

    actor = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "key"], name="idempotency_key_is_unique_per_actor"),
        ]

    def __str__(self) -> str:
        return self.key
