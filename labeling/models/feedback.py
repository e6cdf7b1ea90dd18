"""What production learnt later."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from routing.models import Item


class ProductionFeedback(models.Model):
    """What production learnt later about an item: whether its answer was right."""

    item = models.ForeignKey(
        Item, on_delete=models.PROTECT, related_name="production_feedback", db_index=False
    )
    correct = models.BooleanField()
    answer = models.JSONField(null=True)  # the item's answer that this is about
    label = models.JSONField(null=True)  # what was right instead, where the client knows
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="production_feedback"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "production feedback"
        indexes = [models.Index(fields=["item", "-id"], name="feedback_latest_of_an_item")]

    def __str__(self) -> str:
        return f"{self.item}: {'right' if self.correct else 'wrong'}"
