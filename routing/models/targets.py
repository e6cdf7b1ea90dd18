"""What was promised to the customer, in figures."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from routing.models.item_types import ItemType


class Target(models.Model):
    """The value that one figure should reach, of all item types together or of one."""

    metric = models.CharField(max_length=40)
    item_type = models.ForeignKey(
        ItemType, null=True, blank=True, on_delete=models.CASCADE, related_name="targets"
    )
    value = models.FloatField()
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
        ]

    def __str__(self) -> str:
        return self.metric
