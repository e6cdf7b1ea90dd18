"""Files that are taken in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.uuid7 import uuid7
from routing.models import ItemType


class ImportRun(models.Model):
    """A file that somebody sent, and how far it was taken in."""

    class Status(models.TextChoices):
        WAITING = "waiting"  # to be told what its columns are
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="imports", db_index=False)
    name = models.CharField(max_length=200)  # what the file was called
    format = models.CharField(max_length=20)
    pool = models.BooleanField(default=False)
    ask = models.BooleanField(
        default=False
    )  # people about what no model can answer, instead of waiting for one
    names = models.JSONField(default=dict)  # their field -> ours
    encoding = models.CharField(max_length=20, default="utf-8-sig")
    delimiter = models.CharField(max_length=1, default=",")
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
                condition=Q(status__in=["waiting", "running"], finished_at__isnull=True)
                | (~Q(status__in=["waiting", "running"]) & Q(finished_at__isnull=False)),
                name="importrun_is_finished_when_it_ended",
            ),
        ]
        indexes = [models.Index(fields=["item_type", "-id"], name="importrun_latest_of_a_type")]

    def __str__(self) -> str:
        return self.name
