"""Answers that people corrected, for when the same input comes again."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from routing.models.item_types import ItemType
from routing.models.items import Item


class Correction(models.Model):
    """Of one input: the answer that the model gave, and what a person sure of it said instead."""

    item_type = models.ForeignKey(ItemType, on_delete=models.CASCADE, related_name="corrections")
    digest = models.CharField(max_length=64)  # SHA-256 of the payload as canonical JSON, in hexadecimal
    said = models.JSONField(null=True)  # the model's answer that was wrong
    label = models.JSONField(null=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="corrections")
    by = models.CharField(max_length=200)
    uses = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_type", "digest"],
                condition=Q(ended_at__isnull=True),
                name="correction_one_in_force_per_input",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.label}"
