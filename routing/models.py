"""What comes in, where it goes and who may look at it: the rows of routing."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, Group
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.uuid7 import uuid7
from routing.kinds import KINDS, TypeSpec
from routing.policy import Policy as PurePolicy

SLUG = RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", "Use lower-case letters, digits, - and _ only.")
UNIT = [MinValueValidator(0.0), MaxValueValidator(1.0)]


def both_or_neither(first: str, second: str, *, name: str) -> models.CheckConstraint:
    """Return the constraint that two columns are set together or not at all."""
    first_null, second_null = Q(**{f"{first}__isnull": True}), Q(**{f"{second}__isnull": True})
    return models.CheckConstraint(
        condition=(first_null & second_null) | (~first_null & ~second_null),
        name=name,
    )


def in_unit_interval(field: str, *, name: str) -> models.CheckConstraint:
    """Return the constraint that a probability lies from 0 to 1."""
    return models.CheckConstraint(condition=Q(**{f"{field}__gte": 0, f"{field}__lte": 1}), name=name)


class Priority(models.IntegerChoices):
    """How soon a person should look; stored as a number, so that the queue's index is its order."""

    LOW = 0, "low"
    NORMAL = 1, "normal"
    HIGH = 2, "high"
    URGENT = 3, "urgent"


class Status(models.TextChoices):
    """Where an item stands."""

    POOLED = "pooled"  # waits unlabelled for the sampler, is never decided by the router
    PENDING_AI = "pending_ai"  # no model has answered yet
    PENDING_HUMAN = "pending_human"
    PENDING_EXPERT = "pending_expert"
    APPROVED = "approved"
    REJECTED = "rejected"


DECIDED = (Status.APPROVED, Status.REJECTED)
OPEN = (Status.POOLED, Status.PENDING_AI, Status.PENDING_HUMAN, Status.PENDING_EXPERT)


class Action(models.TextChoices):
    """What the router did with an item."""

    AUTO_APPROVE = "auto_approve"
    HUMAN_REVIEW = "human_review"
    EXPERT_ESCALATION = "expert_escalation"


class Purpose(models.TextChoices):
    """Why a seat was opened."""

    REVIEW = "review"
    OVERLAP = "overlap"
    EXPERT = "expert"
    AUDIT = "audit"
    LEARN = "learn"
    GOLD = "gold"


class Outcome(models.TextChoices):
    """How a seat was closed."""

    ANSWERED = "answered"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"  # the item was decided elsewhere first


class Queue(models.Model):
    """One place where a group's seats wait."""

    slug = models.SlugField(
        unique=True,
        validators=[SLUG],
        help_text="The short name that the API and configuration files use, for example 'reviews'.",
    )
    group = models.ForeignKey(
        Group,
        on_delete=models.PROTECT,
        help_text="Members of this group are given the work that waits here.",
    )
    lease_minutes = models.PositiveSmallIntegerField(
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        help_text="How long a person holds an item without a sign of life before others may take it.",
    )
    sla_minutes = models.PositiveIntegerField(
        default=120,
        validators=[MinValueValidator(1)],
        help_text="An item should be answered within this time; later ones are served before all others.",
    )
    paused_at = models.DateTimeField(
        null=True, blank=True, help_text="While set, nothing from this queue is given out. Empty it to go on."
    )

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(condition=Q(lease_minutes__gte=1), name="queue_lease_is_positive"),
            models.CheckConstraint(condition=Q(sla_minutes__gte=1), name="queue_sla_is_positive"),
        ]

    def __str__(self) -> str:
        return self.slug


class ItemType(models.Model):
    """One type of decision: what is asked, who answers, and the draft of how it is routed."""

    class Reject(models.TextChoices):
        WITHHOLD = "withhold", "the item is closed as rejected"
        EXPERT = "expert", "an expert decides"

    slug = models.SlugField(
        unique=True,
        validators=[SLUG],
        help_text="The name that API clients send as item_type. It can't be changed later.",
    )
    name = models.CharField(
        max_length=100, blank=True, help_text="What people call it. Empty: the short name is shown."
    )
    kind = models.CharField(
        max_length=20,
        choices=[(kind, kind.replace("_", " ")) for kind in KINDS],
        help_text="What a label of this type is. It can't be changed later.",
    )
    labels = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        help_text="The labels to choose from, separated by commas, in the order in which people see them.",
    )
    multilabel = models.BooleanField(
        default=False, help_text="An item may carry several of the labels at once."
    )
    minimum = models.FloatField(
        null=True, blank=True, help_text="Regression only: the smallest number allowed."
    )
    maximum = models.FloatField(
        null=True, blank=True, help_text="Regression only: the largest number allowed."
    )
    unit = models.CharField(max_length=20, blank=True, help_text="Regression only: the unit shown beside it.")
    guidelines = models.TextField(
        blank=True, help_text="What a reviewer should know, in Markdown. It is shown beside each item."
    )
    # -- who answers --
    queue = models.ForeignKey(
        Queue,
        on_delete=models.PROTECT,
        related_name="item_types",
        help_text="Where items wait that a person should look at.",
    )
    expert_queue = models.ForeignKey(
        Queue,
        on_delete=models.PROTECT,
        related_name="expert_item_types",
        help_text="Where items wait that only an expert may decide.",
    )
    opinions_wanted = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text="How many people answer each reviewed item. When they differ an expert decides.",
    )
    blind_share = models.FloatField(
        default=0.1,
        validators=UNIT,
        help_text="Share of looks (0 to 1) that hide the model's answer, so that people can't just copy it.",
    )
    agreement_tolerance = models.FloatField(
        default=0.0,
        validators=UNIT,
        help_text="How far apart (0 to 1) two people's answers may lie and still count as agreeing. 0: equal.",
    )
    reject_means = models.CharField(
        max_length=10,
        choices=Reject.choices,
        default=Reject.EXPERT,
        help_text="What happens when a reviewer rejects an item.",
    )
    comment_required = models.BooleanField(
        default=False, help_text="A rejection or escalation needs a comment."
    )
    # -- the draft of the policy; what the router goes by is the latest published Policy --
    automate = models.BooleanField(
        default=True, help_text="Off: people look at everything, whatever the confidence (shadow mode)."
    )
    expert_mandatory = models.BooleanField(
        default=False, help_text="Every item is decided by an expert, for example in medicine."
    )
    auto_approve = models.FloatField(
        default=0.95,
        validators=UNIT,
        help_text="From this confidence on the model's answer is approved without a person.",
    )
    review = models.FloatField(
        default=0.8,
        validators=UNIT,
        help_text="From this confidence on a look is of normal priority; below it is high.",
    )
    expert = models.FloatField(
        default=0.5,
        validators=UNIT,
        help_text="Below this confidence an expert decides, with urgent priority.",
    )
    class_thresholds = models.JSONField(
        default=dict,
        blank=True,
        help_text='Auto-approve thresholds for single labels, for example {"fraud": 0.99}.',
    )
    audit_rate = models.FloatField(
        default=0.05,
        validators=UNIT,
        help_text="Share of the automated items that a person checks afterwards, without seeing the answer.",
    )
    committee_limit = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0.0)],
        help_text="Where several models answer: a person looks when they differ by more than this. Empty: off.",
    )
    held_out_share = models.FloatField(
        default=0.2,
        validators=[MinValueValidator(0.05), MaxValueValidator(0.5)],
        help_text="Share of items whose labels are kept for judging models. They are never trained on.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expert__gte=0, expert__lte=F("review"), review__lte=F("auto_approve"))
                & Q(auto_approve__lte=1),
                name="itemtype_thresholds_in_order",
                violation_error_message="Thresholds must rise: 0 ≤ expert ≤ review ≤ auto-approve ≤ 1.",
            ),
            in_unit_interval("audit_rate", name="itemtype_audit_rate_is_a_share"),
            in_unit_interval("blind_share", name="itemtype_blind_share_is_a_share"),
            in_unit_interval("held_out_share", name="itemtype_held_out_share_is_a_share"),
            in_unit_interval("agreement_tolerance", name="itemtype_tolerance_is_a_share"),
            models.CheckConstraint(condition=Q(opinions_wanted__gte=1), name="itemtype_wants_an_opinion"),
        ]

    def __str__(self) -> str:
        return self.name or self.slug

    @property
    def spec(self) -> TypeSpec:
        """What the kind needs to know of this type."""
        return TypeSpec(
            kind=self.kind,
            labels=tuple(self.labels),
            multilabel=self.multilabel,
            minimum=self.minimum,
            maximum=self.maximum,
            unit=self.unit,
            tolerance=self.agreement_tolerance,
        )

    def clean(self) -> None:
        """Say in the admin's form what the database and the kind would refuse."""
        if self.kind in ("classification", "detection") and len(set(self.labels)) < min(
            2, 1 + (self.kind == "classification")
        ):
            raise ValidationError({"labels": "Name at least two labels, separated by commas."})
        if len(set(self.labels)) != len(self.labels):
            raise ValidationError({"labels": "A label is named twice."})
        if not isinstance(self.class_thresholds, dict) or not all(
            isinstance(value, int | float) and 0 <= value <= 1 for value in self.class_thresholds.values()
        ):
            raise ValidationError({"class_thresholds": 'Write {"label": number from 0 to 1, …}.'})
        strangers = set(self.class_thresholds) - set(self.labels)
        if self.labels and strangers:
            raise ValidationError({"class_thresholds": f"No such label: {', '.join(sorted(strangers))}."})


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

    item_type = models.ForeignKey(ItemType, on_delete=models.CASCADE, related_name="rules")
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

    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="policies")
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


class Item(models.Model):
    """One thing to be decided, written in its final state as far as it is known on arrival."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="items")
    item_ref = models.CharField(max_length=200)
    payload = models.JSONField()
    context = models.JSONField(default=dict)
    status = models.CharField(max_length=16, choices=Status.choices)
    action = models.CharField(max_length=20, choices=Action.choices, null=True)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    reasons = models.JSONField(default=list)
    shadow = models.JSONField(default=list)
    policy = models.ForeignKey(Policy, null=True, on_delete=models.PROTECT, related_name="items")
    # -- what the judged prediction said, and how it was weighed --
    model = models.CharField(max_length=200, blank=True)
    confidence = models.FloatField(null=True)
    score = models.FloatField(null=True)  # the confidence after calibration, which the router judged by
    uncertainty = models.FloatField(null=True)
    disagreement = models.FloatField(null=True)
    # -- the design of the audit sample, without which no unbiased estimate is possible later --
    audit_draw = models.FloatField()
    label_probability = models.FloatField(null=True)
    held_out = models.BooleanField()
    # -- the answer --
    label = models.JSONField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, null=True)
    callback_url = models.URLField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["item_type", "item_ref"], name="item_ref_is_unique_in_its_type"),
            models.CheckConstraint(
                condition=Q(status__in=DECIDED, decided_at__isnull=False)
                | Q(status__in=OPEN, decided_at__isnull=True),
                name="item_is_decided_when_its_status_says_so",
            ),
            both_or_neither("decided_at", "decided_by", name="item_decision_has_time_and_author"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=False) | Q(label__isnull=True),
                name="item_label_needs_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(action__isnull=True, policy__isnull=True)
                | Q(action__isnull=False, policy__isnull=False),
                name="item_route_names_its_policy",
            ),
            in_unit_interval("confidence", name="item_confidence_is_a_probability"),
            in_unit_interval("score", name="item_score_is_a_probability"),
            in_unit_interval("label_probability", name="item_label_probability_is_one"),
            models.CheckConstraint(
                condition=Q(audit_draw__gte=0, audit_draw__lt=1), name="item_audit_draw_in_unit_interval"
            ),
        ]
        indexes = [
            models.Index(fields=["item_type", "status", "-id"], name="item_by_type_and_status"),
            models.Index(fields=["status", "-id"], name="item_by_status"),
            models.Index(fields=["item_type", "confidence"], name="item_by_confidence"),
            models.Index(fields=["item_type", "decided_at"], name="item_by_decision_time"),
            models.Index(
                fields=["item_type", "audit_draw"],
                condition=Q(status="approved", action="auto_approve"),
                name="item_automated_by_draw",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_ref}"


class Prediction(models.Model):
    """What one model said of one item; rank 0 is judged, the others are its committee."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="predictions")
    rank = models.PositiveSmallIntegerField()
    model = models.CharField(max_length=200)
    label = models.JSONField(null=True)
    confidence = models.FloatField()
    probabilities = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["item", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["item", "rank"], name="prediction_rank_is_unique"),
            in_unit_interval("confidence", name="prediction_confidence_is_a_probability"),
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.label}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Seats in the words of the domain."""

    def open(self) -> AssignmentQuerySet:
        """Seats that nobody has closed."""
        return self.filter(closed_at__isnull=True)

    def answered(self) -> AssignmentQuerySet:
        """Seats that a person has answered."""
        return self.filter(outcome=Outcome.ANSWERED)

    def held_by(self, user: AbstractBaseUser, now: datetime) -> AssignmentQuerySet:
        """Open seats whose lease `user` still holds."""
        return self.open().filter(user=user, leased_until__gt=now)


class Assignment(models.Model):
    """One seat at one item: a look that is wanted, held, or done."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="assignments")
    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="assignments")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="assignments")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    utility = models.FloatField(
        default=0.0
    )  # what learning expects of the label; orders seats of one priority
    blind = models.BooleanField(default=False)
    inclusion = models.FloatField(default=1.0)  # probability with which this seat was drawn
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "user"],
                condition=Q(user__isnull=False),
                name="assignment_one_seat_per_person",
            ),
            both_or_neither("user", "leased_until", name="assignment_lease_has_holder_and_end"),
            both_or_neither("user", "claimed_at", name="assignment_lease_has_holder_and_start"),
            both_or_neither("closed_at", "outcome", name="assignment_closing_has_time_and_outcome"),
            models.CheckConstraint(
                condition=~Q(outcome__in=["answered", "escalated"]) | Q(user__isnull=False),
                name="assignment_answer_has_an_author",
            ),
            models.CheckConstraint(
                condition=Q(inclusion__gt=0, inclusion__lte=1), name="assignment_inclusion_is_a_probability"
            ),
        ]
        indexes = [
            # The claim walks these from the left; leased seats in front are as few as people at work.
            models.Index(
                "queue",
                F("priority").desc(),
                F("utility").desc(),
                "id",
                condition=Q(closed_at__isnull=True),
                name="assignment_next_by_queue",
            ),
            models.Index(
                "queue",
                "item_type",
                F("priority").desc(),
                F("utility").desc(),
                "id",
                condition=Q(closed_at__isnull=True),
                name="assignment_next_by_type",
            ),
            models.Index(
                fields=["queue", "due_at", "id"],
                condition=Q(closed_at__isnull=True),
                name="assignment_overdue",
            ),
            models.Index(fields=["user", "-closed_at"], name="assignment_by_person"),
            models.Index(fields=["queue", "-closed_at"], name="assignment_by_closing"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.item_id}"


class Delivery(models.Model):
    """The outbox: one message owed to a client, written in the transaction of the decision that it tells of."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)  # the webhook-id of every attempt
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="deliveries")
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
