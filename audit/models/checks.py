"""Verifications of the book, as they were asked for and as they ended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Verification(models.Model):
    """One check of the whole book by a worker: asked for by somebody or the clock, under way, or ended."""

    asked_by = models.CharField(max_length=200, help_text="Who asked for it, as the trail names people.")
    created_at = models.DateTimeField(default=timezone.now, help_text="When it was asked for.")
    alive_at = models.DateTimeField(null=True, help_text="The worker's last sign of life.")
    done = models.PositiveBigIntegerField(default=0, help_text="Events checked so far.")
    total = models.PositiveBigIntegerField(default=0, help_text="About how many events there are.")
    ended_at = models.DateTimeField(null=True, help_text="When it ended.")
    verdict = models.JSONField(null=True, help_text="What it found. Empty while it runs, or if it failed.")
    error = models.CharField(max_length=500, blank=True, help_text="Why it failed to say anything.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, verdict__isnull=True, error="")
                | Q(ended_at__isnull=False, verdict__isnull=False, error="")
                | Q(ended_at__isnull=False, verdict__isnull=True, error__gt=""),
                name="verification_ends_with_a_verdict_or_an_error",
            ),
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at__isnull=True), name="verification_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"verification {self.pk}"
