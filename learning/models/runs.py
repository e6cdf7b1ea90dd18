"""What was attempted: training and picking, each with a state that survives a killed worker."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from routing.models import ItemType


class Run(models.Model):
    """What training and sampling runs share: a state that survives a killed worker."""

    class Status(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.RUNNING)
    trigger = models.CharField(max_length=100)  # why it ran: "50 new labels", "by ada", "demo round 3"
    started_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(default=timezone.now)  # when it last said what it does
    finished_at = models.DateTimeField(null=True)
    progress = models.CharField(max_length=200, blank=True)
    done_share = models.FloatField(default=0.0)  # of its work, 0 to 1
    cancel_asked_by = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_type"], condition=Q(status="running"), name="%(class)s_one_running_per_type"
            ),
            models.CheckConstraint(
                condition=Q(status="running", finished_at__isnull=True)
                | (~Q(status="running") & Q(finished_at__isnull=False)),
                name="%(class)s_is_finished_when_it_ended",
            ),
        ]


class TrainingRun(Run):
    """One attempt to train a model."""

    learner = models.CharField(max_length=200)
    labels_used = models.PositiveIntegerField(default=0)
    labels_held_out = models.PositiveIntegerField(default=0)
    last_label = models.UUIDField(null=True)  # the newest label it saw; retraining counts from here
    dataset_sha256 = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"training {self.pk} of {self.item_type}"


class SamplingRun(Run):
    """One pick of what to label next."""

    strategy = models.CharField(max_length=20)
    pool_size = models.PositiveIntegerField(default=0)
    picked = models.PositiveIntegerField(default=0)
    suggestions = models.JSONField(default=list)
    # What the scores of its stretches rest on: a run that goes by the same may use those of a killed one.
    basis = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"sampling {self.pk} of {self.item_type}"


class PoolChunk(models.Model):
    """One stretch of the pool that a sampling run scores: whichever worker takes it keeps the best of it."""

    run = models.ForeignKey(SamplingRun, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    place = models.PositiveIntegerField()
    first = models.UUIDField()  # item ids, both ends included
    last = models.UUIDField()
    count = models.PositiveIntegerField(default=0)  # items that could be read
    candidates = models.BinaryField(null=True)  # arrays of the best, as safetensors
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["run", "place"]
        constraints = [
            models.UniqueConstraint(fields=["run", "place"], name="poolchunk_place_is_unique"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, candidates__isnull=True)
                | Q(done_at__isnull=False, candidates__isnull=False),
                name="poolchunk_is_done_with_candidates",
            ),
        ]

    def __str__(self) -> str:
        return f"chunk {self.place} of {self.run}"
