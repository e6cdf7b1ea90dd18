"""How the ML backends did lately: when each may be asked next, and why it was not heard."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from routing.models import ItemType


class MLBackend(models.Model):
    """How the ML backend of one item type did when it was asked last; kept while its plan names one."""

    item_type = models.OneToOneField(ItemType, on_delete=models.CASCADE, related_name="ml_backend")
    # Whoever moves this time forward may ask until then: a killed worker's turn ends by itself.
    next_attempt_at = models.DateTimeField(default=timezone.now)
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    said = models.TextField(blank=True)  # why it was not heard the last time
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "ML backend"

    def __str__(self) -> str:
        return f"ML backend of {self.item_type}"
