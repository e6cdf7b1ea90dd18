"""Labels that automated checks find doubtful."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from labeling.models.answers import Label
from routing.models import Assignment, Item, ItemType, both_or_neither, in_unit_interval


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

    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="flags", db_index=False)
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
