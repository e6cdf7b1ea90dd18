"""How far people agreed, as it was measured."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class AgreementReport(models.Model):
    """One measurement of one item type's agreement over one stretch of time: coefficients with intervals."""

    class Period(models.TextChoices):
        WEEK = "week", "a week, from Monday to Sunday"
        WINDOW = "window", "the days before a night"

    item_type = models.CharField(max_length=50, help_text="The item type's short name.")
    period = models.CharField(
        max_length=6, choices=Period.choices, help_text="Which kind of stretch it is about."
    )
    since = models.DateTimeField(help_text="Answers from this time on.")
    until = models.DateTimeField(help_text="Answers before this time.")
    units = models.PositiveIntegerField(help_text="Items that two or more people answered.")
    ratings = models.PositiveIntegerField(help_text="Their answers.")
    people = models.PositiveIntegerField(help_text="Who gave them.")
    headline = models.CharField(max_length=10, help_text="The figure by which agreement is judged.")
    figures = models.JSONField(help_text="Each coefficient with its value and the bounds of its interval.")
    created_at = models.DateTimeField(default=timezone.now, help_text="When it was measured.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["item_type", "period", "since"], name="agreement_measured_once"),
            models.CheckConstraint(
                condition=Q(period__in=["week", "window"]), name="agreement_period_is_known"
            ),
            models.CheckConstraint(
                condition=Q(until__gt=models.F("since")), name="agreement_is_of_a_stretch_of_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_type}: agreement until {self.until:%Y-%m-%d}"
