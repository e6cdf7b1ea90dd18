"""Business rules in draft, and the policies that were published from drafts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from routing.models.choices import Priority
from routing.models.item_types import ItemType
from routing.models.queues import Queue
from routing.policy import Policy as PurePolicy


class Rule(models.Model):
    """An admin's expression, in the item type's draft; publishing copies the live ones into a Policy."""

    class Category(models.TextChoices):
        BUSINESS = "business"
        RISK = "risk"
        COMPLIANCE = "compliance"

    class Effect(models.TextChoices):
        REVIEW = "review", "a person looks"
        EXPERT = "expert", "an expert decides"
        PRIORITY = "priority", "the priority is raised"
        QUEUE = "queue", "another queue is used"

    class State(models.TextChoices):
        DRAFT = "draft", "draft: not used"
        SHADOW = "shadow", "shadow: recorded, changes nothing"
        LIVE = "live", "live"

    item_type = models.ForeignKey(ItemType, on_delete=models.CASCADE, related_name="rules", db_index=False)
    name = models.CharField(max_length=100, help_text="Shown to reviewers as the reason.")
    category = models.CharField(
        max_length=12, choices=Category.choices, default=Category.BUSINESS, help_text="Why the rule exists."
    )
    when = models.TextField(
        max_length=2000,
        help_text="An expression over payload, context and prediction, for example context.amount > 10000. "
        "A field that some items lack is asked for with has(context.amount) && … .",
    )
    effect = models.CharField(
        max_length=10, choices=Effect.choices, default=Effect.REVIEW, help_text="What a match leads to."
    )
    priority = models.PositiveSmallIntegerField(
        choices=Priority.choices, null=True, blank=True, help_text="The least priority that a match gives."
    )
    queue = models.ForeignKey(
        Queue, null=True, blank=True, on_delete=models.PROTECT, help_text="Effect 'another queue': which one."
    )
    state = models.CharField(
        max_length=8,
        choices=State.choices,
        default=State.DRAFT,
        help_text="Used only once published as live.",
    )

    class Meta:
        ordering = ["item_type", "name"]
        constraints = [
            models.UniqueConstraint(fields=["item_type", "name"], name="rule_name_is_unique_in_its_type"),
            models.CheckConstraint(
                condition=~Q(effect="queue") | Q(queue__isnull=False),
                name="rule_names_the_queue_it_sends_to",
                violation_error_message="Choose the queue that a match is sent to.",
            ),
            models.CheckConstraint(
                condition=~Q(effect="priority") | Q(priority__isnull=False),
                name="rule_names_the_priority_it_raises_to",
                violation_error_message="Choose the priority that a match is raised to.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Policy(models.Model):
    """What the router goes by: an immutable, numbered snapshot of an item type's thresholds and rules."""

    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="policies", db_index=False)
    number = models.PositiveIntegerField()
    snapshot = models.JSONField(help_text="Thresholds, rules and audit rate as they were published.")
    reason = models.TextField(help_text="Why this policy was published.")
    evidence = models.JSONField(
        default=dict, blank=True, help_text="What speaks for it: backtest, certificate."
    )
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["item_type", "-number"]
        verbose_name_plural = "policies"
        constraints = [
            models.UniqueConstraint(fields=["item_type", "number"], name="policy_number_is_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.item_type} policy {self.number}"

    @property
    def pure(self) -> PurePolicy:
        """The value that `policy.decide` takes."""
        return PurePolicy.from_snapshot(self.snapshot)
