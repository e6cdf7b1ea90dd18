"""What has been proven of one model's answers so far."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from routing.models.constraints import both_or_neither
from routing.models.item_types import ItemType


class Certification(models.Model):
    """One model's stream of decisions: the state of its certificates and of the watch over them.

    Everything in it can be rebuilt from the trail: each change is an event that carries what was counted.
    """

    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="certifications")
    model = models.CharField(max_length=200)
    policy = models.PositiveIntegerField(default=0)  # the number in force when it began
    target = models.JSONField()  # alpha, delta and of, as certify.Target has them, after the catch rate
    stated = models.JSONField()  # the same as the admin stated it
    caught = models.JSONField(default=dict)  # seeded and caught, when it began
    states = models.JSONField(default=dict)  # slice → certify.State
    detectors = models.JSONField(default=dict)  # slice → edetector.Detector
    cursor = models.UUIDField(null=True, blank=True)  # the last item counted
    batches = models.PositiveIntegerField(default=0)
    decisions = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)  # drawn for a check and not answered in time
    begun_at = models.DateTimeField(default=timezone.now)
    fed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.TextField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_type", "model"],
                condition=Q(ended_at__isnull=True),
                name="certification_one_runs_for_a_model",
            ),
            both_or_neither("ended_at", "ended_because", name="certification_end_has_time_and_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.item_type}: {self.model}"
