"""What was promised to the customer, in figures, and what was measured of it."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from routing.models.constraints import both_or_neither
from routing.models.item_types import ItemType


class Target(models.Model):
    """The value that one figure should reach, of all item types together or of one; or that there is none.

    With `starts_on` the target moves in a straight line from `start` on that day to `value` on `ends_on`.
    """

    metric = models.CharField(max_length=40)
    item_type = models.ForeignKey(
        ItemType, null=True, blank=True, on_delete=models.CASCADE, related_name="targets"
    )
    value = models.FloatField(null=True, blank=True)  # empty: nobody wants a target here
    start = models.FloatField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    alert = models.BooleanField(default=True)  # tell leads, and whoever listens, when it is missed
    missed_since = models.DateTimeField(null=True, editable=False)
    told_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["metric", "item_type"]
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "item_type"], nulls_distinct=False, name="target_once_per_figure_and_type"
            ),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True) | Q(missed_since__isnull=False),
                name="target_is_told_of_while_missed",
            ),
            both_or_neither("start", "starts_on", name="target_path_starts_somewhere_on_a_day"),
            both_or_neither("starts_on", "ends_on", name="target_path_has_both_days"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__gt=F("starts_on"), value__isnull=False),
                name="target_path_ends_later_than_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.metric

    def on(self, day: date) -> float | None:
        """Return the value that should be reached on this day, or None where there is no target."""
        if self.value is None or self.starts_on is None:
            return self.value
        gone = (day - self.starts_on) / (self.ends_on - self.starts_on)
        return self.start + min(max(gone, 0.0), 1.0) * (self.value - self.start)


class Figure(models.Model):
    """What one figure was in one week, of all item types together or of one.

    `whole`: of the weeks up to this one that the page shows as one, by which the target is judged.
    """

    metric = models.CharField(max_length=40)
    item_type = models.ForeignKey(
        ItemType, null=True, on_delete=models.CASCADE, related_name="figures", db_index=False
    )
    week = models.DateField()  # its Monday
    whole = models.BooleanField(default=False)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    count = models.PositiveIntegerField()  # of how many items, answers or checks
    measured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-week", "metric"]
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "item_type", "week", "whole"],
                nulls_distinct=False,
                name="figure_once_per_week",
            ),
            both_or_neither("low", "high", name="figure_interval_has_both_ends"),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(value__isnull=False), name="figure_interval_has_a_figure"
            ),
        ]
        indexes = [models.Index(fields=["item_type", "-week"], name="figure_of_a_type_by_week")]

    def __str__(self) -> str:
        return f"{self.metric} in the week of {self.week}"
