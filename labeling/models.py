"""What people said: the rows of labeling."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.uuid7 import uuid7
from routing.models import Assignment, Item, ItemType, in_unit_interval, one_of


class ReviewSession(models.Model):
    """One sitting of one person at the review page."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sittings")
    started_at = models.DateTimeField(default=timezone.now)
    last_active_at = models.DateTimeField(default=timezone.now)
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


class Review(models.Model):
    """What one person did at one seat."""

    class Action(models.TextChoices):
        APPROVE = "approve"
        EDIT = "edit"
        REJECT = "reject"
        ESCALATE = "escalate"

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="review")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="reviews")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    session = models.ForeignKey(ReviewSession, null=True, on_delete=models.PROTECT, related_name="reviews")
    action = models.CharField(max_length=8, choices=Action.choices)
    label = models.JSONField(null=True)  # what the person says it is; empty on reject and escalate
    confidence = models.FloatField(null=True)  # the person's own
    comment = models.TextField(blank=True)
    time_spent_ms = models.PositiveIntegerField(null=True)
    blind = models.BooleanField()
    agrees_with_ai = models.BooleanField(null=True)  # empty where no model had answered
    shown = models.JSONField(null=True)  # the drawn order of the choices on the server's own page
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        constraints = [
            in_unit_interval("confidence", name="review_confidence_is_a_probability"),
            one_of("action", ["approve", "edit", "reject", "escalate"], name="review_action_is_known"),
            models.CheckConstraint(
                condition=~Q(action__in=["reject", "escalate"]) | Q(label__isnull=True),
                name="review_refusal_has_no_label",
            ),
        ]
        indexes = [
            models.Index(fields=["item"], name="review_by_item"),
            models.Index(fields=["user", "-created_at"], name="review_by_person"),
            models.Index(fields=["session"], name="review_by_session"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.action}"


class Label(models.Model):
    """What one person said an item is; a correction is a new row, and the latest counts.

    The first eight columns are a contract with the customer's other systems and keep their names.
    """

    class Source(models.TextChoices):
        REVIEW = "review"
        OVERLAP = "overlap"
        EXPERT = "expert"
        AUDIT = "audit"
        LEARN = "learn"
        GOLD = "gold"
        IMPORT = "import"

    class Feedback(models.TextChoices):
        """How a label relates to the model's answer (weights 1, 2 and 3)."""

        POSITIVE = "positive"
        NEGATIVE = "negative"
        CORRECTION = "correction"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item_type = models.ForeignKey(
        ItemType,
        to_field="slug",
        db_column="item_type",
        on_delete=models.PROTECT,
        related_name="human_labels",
    )
    item_ref = models.CharField(max_length=200)
    label = models.JSONField(null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="human_labels"
    )
    ts = models.DateTimeField(default=timezone.now)
    prev_confidence = models.FloatField(null=True)
    session = models.ForeignKey(
        ReviewSession, null=True, on_delete=models.PROTECT, related_name="human_labels"
    )
    # -- beyond the contract --
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="human_labels")
    review = models.OneToOneField(Review, null=True, on_delete=models.PROTECT, related_name="human_label")
    action = models.CharField(max_length=8, choices=Review.Action.choices)
    feedback_type = models.CharField(max_length=10, choices=Feedback.choices, null=True)
    weight = models.FloatField(default=1.0)
    source = models.CharField(max_length=8, choices=Source.choices)
    blind = models.BooleanField(default=False)
    reserved = models.BooleanField(default=False)  # for judging models; never trained on
    inclusion = models.FloatField(default=1.0)  # probability with which this item was to get a label
    time_spent_ms = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "labels"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(inclusion__gt=0, inclusion__lte=1), name="label_inclusion_is_a_probability"
            ),
            models.CheckConstraint(condition=Q(weight__gt=0), name="label_weight_is_positive"),
            in_unit_interval("prev_confidence", name="label_confidence_is_a_probability"),
        ]
        indexes = [
            models.Index(fields=["item_type", "item_ref", "-ts"], name="label_latest_of_an_item"),
            models.Index(fields=["item_type", "id"], name="label_by_type"),
            models.Index(fields=["ts"], name="label_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.item_ref}: {self.label}"


class GoldenExample(models.Model):
    """A case kept to teach: what was asked, what the model said, and what a person made of it."""

    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="golden_examples")
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="golden_examples")
    review = models.OneToOneField(Review, null=True, on_delete=models.PROTECT, related_name="golden_example")
    query = models.TextField(blank=True)
    context = models.JSONField(default=list, blank=True)
    output = models.JSONField(null=True)
    edited_output = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(
        null=True, blank=True, help_text="Set it and the example is no longer used."
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.query[:80] or f"golden example {self.pk}"
