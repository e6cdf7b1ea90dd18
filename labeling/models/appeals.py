"""Decisions that were disputed by whom they are about."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from routing.models import DECIDED, Assignment, Item, both_or_neither, one_of


class Appeal(models.Model):
    """One dispute of one decision, and what an expert who had no part in it made of it."""

    class State(models.TextChoices):
        OPEN = "open", "waits for an expert"
        UPHELD = "upheld", "the decision stands"
        OVERTURNED = "overturned", "the decision was changed"
        WITHDRAWN = "withdrawn", "taken back"

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="appeals", db_index=False)
    seat = models.OneToOneField(Assignment, null=True, on_delete=models.PROTECT, related_name="appeal")
    reason = models.TextField(blank=True)  # in the words of who disputes it; erased with the item
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField(blank=True)  # what the expert tells who disputed it
    disputed_status = models.CharField(max_length=14)  # what had been decided
    disputed_label = models.JSONField(null=True)
    disputed_at = models.DateTimeField()  # when that was decided
    disputed_by = models.CharField(max_length=200)  # who had decided it
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.CharField(max_length=200)  # a key, or the link that the subject was given
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(state="open"), name="appeal_one_open_per_item"
            ),
            one_of("state", ["open", "upheld", "overturned", "withdrawn"], name="appeal_state_is_known"),
            one_of("disputed_status", DECIDED, name="appeal_is_of_a_decision"),
            both_or_neither("closed_at", "closed_by", name="appeal_closing_has_time_and_author"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="appeal_is_closed_when_its_state_says_so",
            ),
        ]
        indexes = [
            models.Index(fields=["item", "-id"], name="appeal_by_item"),
            models.Index(fields=["id"], condition=Q(state="open"), name="appeal_waiting"),
            models.Index(fields=["opened_at"], name="appeal_by_time"),
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk}"
