"""Where work waits."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

SLUG = RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", "Use lower-case letters, digits, - and _ only.")


def default_timeout() -> int:
    """Return after how many hours without an answer an expert decides, for a new queue."""
    return settings.REVIEW_TIMEOUT_HOURS


class Queue(models.Model):
    """One place where a group's seats wait."""

    slug = models.SlugField(
        unique=True,
        validators=[SLUG],
        help_text="The short name that the API and configuration files use, for example 'reviews'.",
    )
    group = models.ForeignKey(
        Group,
        on_delete=models.PROTECT,
        help_text="Members of this group are given the work that waits here.",
    )
    lease_minutes = models.PositiveSmallIntegerField(
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        help_text="How long a person holds an item without a sign of life before others may take it.",
    )
    sla_minutes = models.PositiveIntegerField(
        default=120,
        validators=[MinValueValidator(1)],
        help_text="An item should be answered within this time; later ones are served before all others.",
    )
    timeout_hours = models.PositiveSmallIntegerField(
        default=default_timeout,
        validators=[MinValueValidator(1)],
        help_text="What nobody has answered within so many hours goes to an expert; nothing is ever lost.",
    )
    paused_at = models.DateTimeField(
        null=True, blank=True, help_text="While set, nothing from this queue is given out. Empty it to go on."
    )

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(condition=Q(lease_minutes__gte=1), name="queue_lease_is_positive"),
            models.CheckConstraint(condition=Q(sla_minutes__gte=1), name="queue_sla_is_positive"),
            models.CheckConstraint(condition=Q(timeout_hours__gte=1), name="queue_timeout_is_positive"),
        ]

    def __str__(self) -> str:
        return self.slug
