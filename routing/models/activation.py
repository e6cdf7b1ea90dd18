"""Amazon A2I's activation conditions as they were imported: what exports answer with their results."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from routing.models.item_types import ItemType


class ActivationConditions(models.Model):
    """The tree of conditions that an item type's rules were made from."""

    item_type = models.OneToOneField(
        ItemType, primary_key=True, on_delete=models.CASCADE, related_name="activation"
    )
    tree = models.JSONField()
    imported_at = models.DateTimeField(default=timezone.now)
    imported_by = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "activation conditions"

    def __str__(self) -> str:
        return f"{self.item_type}"
