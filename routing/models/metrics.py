"""What was counted, for whoever watches the server."""

from django.db import models
from django.db.models import Q


class Metric(models.Model):
    """One number that all processes of the server count up together: a metric with its labels."""

    name = models.CharField(max_length=100)
    labels = models.CharField(max_length=500, blank=True, help_text="name=value, a line each, by name.")
    value = models.FloatField()

    class Meta:
        verbose_name_plural = "metrics"
        constraints = [
            models.UniqueConstraint(fields=["name", "labels"], name="metric_is_kept_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="metric_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.labels}".strip()
