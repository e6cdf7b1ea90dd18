"""Parts of the book, made files that can be checked elsewhere."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Bundle(models.Model):
    """One export of the trail, of a period or one subject: asked for, written by a worker, fetched."""

    class State(models.TextChoices):
        WAITING = "waiting", "waits for a worker"
        RUNNING = "running", "being written"
        DONE = "done", "ready"
        FAILED = "failed", "failed"
        GONE = "gone", "ready, and its file removed since"

    subject = models.CharField(
        max_length=301, blank=True, help_text="TYPE:ID of what it tells of. Empty: everything of the period."
    )
    since = models.DateTimeField(
        null=True, help_text="It begins with this time. Empty: with the first event."
    )
    until = models.DateTimeField(help_text="It ends before this time, at the latest when it was asked for.")
    why = models.CharField(max_length=500, help_text="What it is for, in the words of who asked for it.")
    asked_by = models.CharField(max_length=200, help_text="Who asked for it, as the trail names people.")
    opened = models.BooleanField(
        default=False, help_text="It holds the keys of what was told in confidence, as far as they are left."
    )
    state = models.CharField(
        max_length=8, choices=State.choices, default=State.WAITING, help_text="Whether it can be fetched yet."
    )
    done = models.PositiveBigIntegerField(default=0, help_text="Events written so far.")
    total = models.PositiveBigIntegerField(null=True, help_text="Events that it will hold.")
    tries = models.PositiveSmallIntegerField(default=0, help_text="How often a worker began with it.")
    file = models.CharField(max_length=200, blank=True, help_text="Where the bundles' storage keeps it.")
    size = models.PositiveBigIntegerField(null=True, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file.")
    error = models.CharField(max_length=500, blank=True, help_text="Why it failed.")
    created_at = models.DateTimeField(default=timezone.now, help_text="When it was asked for.")
    alive_at = models.DateTimeField(null=True, help_text="The worker's last sign of life.")
    ended_at = models.DateTimeField(null=True, help_text="When it was ready, or failed.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", sha256__gt="", file__gt="") | ~Q(state="done"),
                name="bundle_ready_has_a_file_and_its_hash",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed", "gone"], ended_at__isnull=False)
                | Q(state__in=["waiting", "running"], ended_at__isnull=True),
                name="bundle_has_ended_when_its_state_says_so",
            ),
        ]

    def __str__(self) -> str:
        return f"bundle {self.pk}"

    @property
    def about(self) -> str:
        """What it tells of, in words."""
        if self.subject:
            return self.subject
        if self.since is None:
            return f"everything before {self.until:%Y-%m-%d %H:%M}"
        return f"{self.since:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M}"
