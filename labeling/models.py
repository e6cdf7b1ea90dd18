"""What people said: the rows of labeling."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.uuid7 import uuid7
from routing.models import Assignment, Item, ItemType, both_or_neither, in_unit_interval, one_of


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
    guidelines = models.PositiveIntegerField(null=True)  # the version of the guidelines that was shown
    quality = models.FloatField(null=True)  # 1 - distance of the model's answer from the person's
    right = models.BooleanField(null=True)  # of a gold question: whether it was answered right
    upholds = models.BooleanField(null=True)  # of a look at a decided item: whether it says the same
    created_at = models.DateTimeField(default=timezone.now)
    corrected_at = models.DateTimeField(null=True)  # when its author last corrected it
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
            models.Index(fields=["item"], name="review_by_item"),
            models.Index(fields=["user", "-created_at"], name="review_by_person"),
            # Known questions are few among all that a person answers.
            models.Index(
                fields=["user", "created_at"],
                condition=Q(right__isnull=False),
                name="review_of_known_questions",
            ),
            models.Index(fields=["session"], name="review_by_session"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.action}"

    @property
    def said_at(self) -> datetime:
        """When the person said what the review holds now."""
        return self.corrected_at or self.created_at


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
            # What the automated checks have yet to read.
            models.Index(
                fields=["id"],
                condition=Q(checked_at__isnull=True, superseded_at__isnull=True),
                name="label_unchecked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_ref}: {self.label}"


class GoldenExample(models.Model):
    """A case kept to teach: what was asked, what the model said, and what a person made of it."""

    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="golden_examples")
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="golden_examples")
    review = models.ForeignKey(Review, null=True, on_delete=models.PROTECT, related_name="golden_examples")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="golden_examples"
    )
    version = models.PositiveIntegerField(default=1)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    sketch = models.BinaryField(null=True)  # what it looks like, to find what is alike
    query = models.TextField(blank=True)
    context = models.JSONField(default=list, blank=True)
    output = models.JSONField(null=True)
    edited_output = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(
        null=True, blank=True, help_text="Set it and the example is no longer used."
    )
    retired_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["item_type", "-id"], condition=Q(retired_at__isnull=True), name="golden_in_use"
            ),
        ]

    def __str__(self) -> str:
        return self.query[:80] or f"golden example {self.pk}"


class Precedent(models.Model):
    """What an item that a person has answered looks like, so that what is alike can be found."""

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.CASCADE, related_name="precedent")
    item_type = models.ForeignKey(ItemType, on_delete=models.CASCADE, related_name="precedents")
    sketch = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["item_type", "-created_at"], name="precedent_newest_of_a_type"),
        ]

    def __str__(self) -> str:
        return str(self.item)


class Keymap(models.Model):
    """Which keys one person has chosen for the acts of the review page."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="keymap")
    keys = models.JSONField(default=dict)  # act -> key, only where it differs from the usual one

    class Meta:
        ordering = ["user"]

    def __str__(self) -> str:
        return f"keys of {self.user}"


class AnnotatorSkill(models.Model):
    """How often one person is right at one item type, as far as is known; without a person: everybody."""

    item_type = models.ForeignKey(ItemType, on_delete=models.CASCADE, related_name="skills")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="annotator_skills"
    )
    method = models.CharField(max_length=20)
    votes = models.FloatField(default=0.0)
    accuracy = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    confusion = models.JSONField(null=True)  # class -> class said -> share, where the method tells it
    gold_answered = models.PositiveIntegerField(default=0)
    gold_right = models.PositiveIntegerField(default=0)
    expert_compared = models.PositiveIntegerField(default=0)
    expert_agreed = models.PositiveIntegerField(default=0)
    rates = models.JSONField(null=True)  # of everybody: class -> how frequent it is
    last_label = models.UUIDField(null=True)  # of everybody: the newest label that was read
    measured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["item_type", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_type", "user"], nulls_distinct=False, name="skill_once_per_person_and_type"
            ),
            in_unit_interval("accuracy", name="skill_accuracy_is_a_probability"),
            models.CheckConstraint(
                condition=Q(gold_right__lte=F("gold_answered"), expert_agreed__lte=F("expert_compared")),
                name="skill_right_at_most_as_often_as_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or 'everybody'}: {self.accuracy:.2f}"


class Flag(models.Model):
    """A label that an automated check finds doubtful."""

    class Check(models.TextChoices):
        TOO_FAST = "too_fast", "answered faster than it can be read"
        EMPTY_EDIT = "empty_edit", "an edit that changes nothing of substance"
        IMPOSSIBLE_BOX = "impossible_box", "a box that can hardly be one"
        CONTRADICTION = "contradiction", "an item almost alike has another answer"
        LABEL_ERROR = "label_error", "other answers and the model make it improbable"

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "a second look says the same"
        CHANGED = "changed", "a second look says otherwise"
        DISMISSED = "dismissed", "a lead found nothing wrong"

    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="flags")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="flags")
    item_type = models.ForeignKey(ItemType, on_delete=models.CASCADE, related_name="flags")
    check_name = models.CharField(max_length=20, choices=Check.choices)
    score = models.FloatField()  # how doubtful, 0 to 1
    detail = models.CharField(max_length=500)
    seat = models.ForeignKey(Assignment, null=True, on_delete=models.SET_NULL, related_name="flags")
    created_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, null=True)
    settled_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)  # why a lead dismissed it

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["label", "check_name"], name="flag_once_per_check"),
            in_unit_interval("score", name="flag_score_is_a_share"),
            both_or_neither("outcome", "settled_at", name="flag_outcome_has_a_time"),
        ]
        indexes = [
            models.Index(
                fields=["item_type", "-score"],
                condition=Q(settled_at__isnull=True),
                name="flag_open_by_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_check_name_display()}"


class ImportRun(models.Model):
    """A file that somebody sent, and how far it was taken in."""

    class Status(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="imports")
    name = models.CharField(max_length=200)  # what the file was called
    format = models.CharField(max_length=20)
    pool = models.BooleanField(default=False)
    names = models.JSONField(default=dict)  # their field -> ours
    by = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    size = models.PositiveBigIntegerField()  # bytes
    read = models.PositiveBigIntegerField(default=0)  # bytes
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    labels = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(default=timezone.now)  # when a worker last said how far it is
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="running", finished_at__isnull=True)
                | (~Q(status="running") & Q(finished_at__isnull=False)),
                name="importrun_is_finished_when_it_ended",
            ),
        ]
        indexes = [models.Index(fields=["item_type", "-id"], name="importrun_latest_of_a_type")]

    def __str__(self) -> str:
        return self.name


class ProductionFeedback(models.Model):
    """What production learnt later about an item: whether its answer was right."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="production_feedback")
    correct = models.BooleanField()
    answer = models.JSONField(null=True)  # the item's answer that this is about
    label = models.JSONField(null=True)  # what was right instead, where the client knows
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="production_feedback"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "production feedback"
        indexes = [models.Index(fields=["item", "-id"], name="feedback_latest_of_an_item")]

    def __str__(self) -> str:
        return f"{self.item}: {'right' if self.correct else 'wrong'}"
