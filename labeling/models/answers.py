"""What people did at seats, and the labels that this left."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.uuid7 import uuid7
from labeling.models.sittings import ReviewSession
from routing.models import HIDDEN, Assignment, Item, ItemType, in_unit_interval, one_of


class Review(models.Model):
    """What one person did at one seat."""

    class Action(models.TextChoices):
        APPROVE = "approve"
        EDIT = "edit"
        REJECT = "reject"
        ESCALATE = "escalate"

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="review")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="reviews")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    session = models.ForeignKey(ReviewSession, null=True, on_delete=models.PROTECT, related_name="reviews")
    action = models.CharField(max_length=8, choices=Action.choices)
    label = models.JSONField(null=True)  # what the person says it is; empty on reject and escalate
    confidence = models.FloatField(null=True)  # the person's own
    comment = models.TextField(blank=True)
    time_spent_ms = models.PositiveIntegerField(null=True)
    blind = models.BooleanField()
    agrees_with_ai = models.BooleanField(null=True)  # empty where no model had answered
    shown = models.JSONField(null=True)  # the drawn order of the choices on the server's own page
    guidelines = models.PositiveIntegerField(null=True)  # the version of the guidelines that was shown
    quality = models.FloatField(null=True)  # 1 - distance of the model's answer from the person's
    right = models.BooleanField(null=True)  # of a gold question: whether it was answered right
    upholds = models.BooleanField(null=True)  # of a look at a decided item: whether it says the same
    created_at = models.DateTimeField(default=timezone.now)
    corrected_at = models.DateTimeField(null=True)  # when its author last gave another answer instead
    correcting_until = models.DateTimeField(null=True)  # how long its author may still do so

    class Meta:
        ordering = ["-id"]
        constraints = [
            in_unit_interval("confidence", name="review_confidence_is_a_probability"),
            in_unit_interval("quality", name="review_quality_is_a_share"),
            one_of("action", ["approve", "edit", "reject", "escalate"], name="review_action_is_known"),
            models.CheckConstraint(
                condition=~Q(action__in=["reject", "escalate"]) | Q(label__isnull=True),
                name="review_refusal_has_no_label",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="review_by_person"),
            # Known questions are few among all that a person answers.
            models.Index(
                fields=["user", "created_at"],
                condition=Q(right__isnull=False),
                name="review_of_known_questions",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.action}"

    @property
    def said_at(self) -> datetime:
        """When the person said what the review holds now."""
        return self.corrected_at or self.created_at


class LabelQuerySet(models.QuerySet["Label"]):
    """Labels by whether they still say something of their items."""

    def in_force(self) -> LabelQuerySet:
        """Return the labels that nothing has replaced, without those at looks that tested a person."""
        return self.filter(superseded_at__isnull=True).exclude(source__in=HIDDEN)


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
        SEED = "seed"
        GOLD = "gold"
        VALIDATE = "validate"
        SECOND = "second"
        APPEAL = "appeal"
        IMPORT = "import"
        FEEDBACK = "feedback"

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
        db_index=False,
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
    review = models.ForeignKey(Review, null=True, on_delete=models.PROTECT, related_name="human_labels")
    action = models.CharField(max_length=8, choices=Review.Action.choices)
    feedback_type = models.CharField(max_length=10, choices=Feedback.choices, null=True)
    weight = models.FloatField(default=1.0)
    source = models.CharField(max_length=8, choices=Source.choices)
    blind = models.BooleanField(default=False)
    reserved = models.BooleanField(default=False)  # for judging models; never trained on
    inclusion = models.FloatField(default=1.0)  # probability with which this item was to get a label
    time_spent_ms = models.PositiveIntegerField(null=True)
    guidelines = models.PositiveIntegerField(null=True)  # the version of the guidelines that was shown
    superseded_at = models.DateTimeField(null=True)  # when its author said something else instead
    checked_at = models.DateTimeField(null=True)  # when the automated checks read it

    objects = LabelQuerySet.as_manager()

    class Meta:
        db_table = "labels"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(inclusion__gt=0, inclusion__lte=1), name="label_inclusion_is_a_probability"
            ),
            models.CheckConstraint(condition=Q(weight__gt=0), name="label_weight_is_positive"),
            in_unit_interval("prev_confidence", name="label_confidence_is_a_probability"),
            models.UniqueConstraint(
                fields=["review"],
                condition=Q(superseded_at__isnull=True),
                name="label_one_in_force_per_review",
            ),
        ]
        indexes = [
            models.Index(fields=["item_type", "item_ref", "-ts"], name="label_latest_of_an_item"),
            models.Index(fields=["item_type", "id"], name="label_by_type"),
            models.Index(fields=["ts"], name="label_by_time"),
            # Answers to the sampler's questions, by which choosing is compared with chance.
            models.Index(fields=["item_type", "id"], condition=Q(source="learn"), name="label_asked_for"),
            # What the automated checks have yet to read.
            models.Index(
                fields=["id"],
                condition=Q(checked_at__isnull=True, superseded_at__isnull=True),
                name="label_unchecked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_ref}: {self.label}"
