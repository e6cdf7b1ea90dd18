"""What agents were promised about the approvals that they asked for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from routing.models import Item


class Approval(models.Model):
    """How long an agent waits for a person's answer to an item, and what happens when none comes."""

    class OnTimeout(models.TextChoices):
        IGNORE = "ignore", "the action is not taken"
        REJECT = "reject", "the action is not taken, and the agent is told why"
        ESCALATE = "escalate", "an expert decides"
        ACCEPT = "accept", "the action is taken as it was proposed"

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.CASCADE, related_name="approval")
    until = models.DateTimeField(null=True)  # None: the agent waits for as long as it takes
    on_timeout = models.CharField(max_length=8, choices=OnTimeout.choices)
    closed_at = models.DateTimeField(null=True)  # when the clock found its time to be over
    timed_out = models.BooleanField(default=False)  # nobody had answered by then

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(timed_out=False) | Q(closed_at__isnull=False), name="approval_times_out_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["until"], condition=Q(closed_at=None), name="approval_runs_out"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}"
