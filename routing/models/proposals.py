"""Policies that wait for somebody to put them in force."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from routing.models.constraints import both_or_neither, one_of
from routing.models.item_types import ItemType
from routing.models.rules import Policy


class Proposal(models.Model):
    """A policy in full that an admin or the certifier has proposed, and what became of it."""

    class Source(models.TextChoices):
        DRAFT = "draft", "the draft"
        REPUBLISH = "republish", "an earlier policy"
        CERTIFICATE = "certificate", "a certificate"

    class Outcome(models.TextChoices):
        PUBLISHED = "published"
        REFUSED = "refused"
        SUPERSEDED = "superseded", "replaced by a later one"

    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="proposals")
    source = models.CharField(max_length=12, choices=Source.choices)
    snapshot = models.JSONField()
    reason = models.TextField()
    evidence = models.JSONField(default=dict, blank=True)
    proposed_at = models.DateTimeField(default=timezone.now)
    proposed_by = models.CharField(max_length=200)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, null=True, blank=True)
    why = models.TextField(blank=True)  # what whoever closed it had to say
    policy = models.OneToOneField(
        Policy, null=True, blank=True, on_delete=models.PROTECT, related_name="proposal"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_type"], condition=Q(closed_at__isnull=True), name="proposal_one_waits_at_a_time"
            ),
            both_or_neither("closed_at", "outcome", name="proposal_closing_has_time_and_outcome"),
            both_or_neither("closed_at", "closed_by", name="proposal_closing_has_time_and_author"),
            models.CheckConstraint(
                condition=Q(outcome="published", policy__isnull=False)
                | Q(~Q(outcome="published") | Q(outcome__isnull=True), policy__isnull=True),
                name="proposal_is_published_as_a_policy",
            ),
            one_of("source", ["draft", "republish", "certificate"], name="proposal_source_is_known"),
            one_of("outcome", ["published", "refused", "superseded"], name="proposal_outcome_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.item_type}: {self.reason}"
