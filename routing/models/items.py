"""Things to be decided, and what models said of them."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.uuid7 import uuid7
from routing.models.choices import DECIDED, OPEN, Action, Priority, Status
from routing.models.constraints import both_or_neither, in_unit_interval, one_of
from routing.models.item_types import ItemType
from routing.models.rules import Policy


class Item(models.Model):
    """One thing to be decided, written in its final state as far as it is known on arrival."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="items", db_index=False)
    item_ref = models.CharField(max_length=200)
    payload = models.JSONField()
    context = models.JSONField(default=dict)
    status = models.CharField(max_length=16, choices=Status.choices)
    action = models.CharField(max_length=20, choices=Action.choices, null=True)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    reasons = models.JSONField(default=list)
    shadow = models.JSONField(default=list)
    # What the router was told beyond payload, context and predictions, kept so that it can be judged again.
    signals = models.JSONField(default=dict)
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
    # -- whom it is about, and what becomes of that --
    secret = models.UUIDField(null=True, default=uuid4, editable=False)  # opens the trail's private parts
    about = models.CharField(max_length=200, blank=True)  # the person, as its type's subject rights find it
    erased_at = models.DateTimeField(null=True)
    # -- the answer --
    label = models.JSONField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, null=True)
    callback_url = models.URLField(max_length=2000, blank=True)
    # Whether a lead wants it asked as a question whose answer is known; empty: it is where that is so.
    known = models.BooleanField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("view_personal", "Can see personal data of items"),
            ("erase_item", "Can erase items and hold them"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["item_type", "item_ref"], name="item_ref_is_unique_in_its_type"),
            models.CheckConstraint(
                condition=Q(status__in=DECIDED, decided_at__isnull=False)
                | Q(status__in=OPEN, decided_at__isnull=True),
                name="item_is_decided_when_its_status_says_so",
            ),
            both_or_neither("decided_at", "decided_by", name="item_decision_has_time_and_author"),
            models.CheckConstraint(
                condition=Q(status=Status.APPROVED) | Q(label__isnull=True),
                name="item_label_needs_an_approval",
            ),
            one_of("action", Action.values, name="item_action_is_known"),
            one_of("priority", Priority.values, name="item_priority_is_known"),
            models.CheckConstraint(
                condition=Q(action__isnull=True, policy__isnull=True)
                | Q(action__isnull=False, policy__isnull=False),
                name="item_route_names_its_policy",
            ),
            in_unit_interval("confidence", name="item_confidence_is_a_probability"),
            in_unit_interval("score", name="item_score_is_a_probability"),
            in_unit_interval("label_probability", name="item_label_probability_is_one"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(secret__isnull=True, about="", payload={}, context={}, callback_url=""),
                name="item_erased_keeps_nothing_personal",
            ),
            models.CheckConstraint(
                condition=Q(audit_draw__gte=0, audit_draw__lt=1), name="item_audit_draw_in_unit_interval"
            ),
        ]
        indexes = [
            models.Index(fields=["item_type", "status", "-id"], name="item_by_type_and_status"),
            models.Index(fields=["status", "-id"], name="item_by_status"),
            models.Index(fields=["item_type", "confidence"], name="item_by_confidence"),
            models.Index(fields=["item_type", "decided_at"], name="item_by_decision_time"),
            # Each model's decisions in the order in which they came: what certificates are fed with.
            models.Index(
                fields=["item_type", "model", "id"],
                condition=Q(policy__isnull=False),
                name="item_by_model",
            ),
            # By the beginning of a reference, whatever the type.
            models.Index(fields=["item_ref"], opclasses=["varchar_pattern_ops"], name="item_by_reference"),
            models.Index(fields=["about"], condition=~Q(about=""), name="item_by_person"),
            models.Index(
                fields=["item_type", "-decided_at"], condition=Q(known=True), name="item_known_question"
            ),
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

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="predictions", db_index=False)
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
