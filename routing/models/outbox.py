"""What clients are owed, and what they have asked before."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
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
    created_at = models.DateTimeField(default=timezone.now)
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
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="delivery_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.url}"


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
