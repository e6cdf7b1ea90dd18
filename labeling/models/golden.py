"""Cases kept to teach, and what answered items look like."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labeling.models.answers import Review
from routing.models import Item, ItemType


class GoldenExample(models.Model):
    """A case kept to teach: what was asked, what the model said, and what a person made of it."""

    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="golden_examples")
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="golden_examples")
    review = models.ForeignKey(Review, null=True, on_delete=models.PROTECT, related_name="golden_examples")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="golden_examples"
    )
    version = models.PositiveIntegerField(default=1)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    sketch = models.BinaryField(null=True)  # what it looks like, to find what is alike
    query = models.TextField(blank=True)
    context = models.JSONField(default=list, blank=True)
    output = models.JSONField(null=True)
    edited_output = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(
        null=True, blank=True, help_text="Set it and the example is no longer used."
    )
    retired_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["item_type", "-id"], condition=Q(retired_at__isnull=True), name="golden_in_use"
            ),
        ]

    def __str__(self) -> str:
        return self.query[:80] or f"golden example {self.pk}"


class Precedent(models.Model):
    """What an item that a person has answered looks like, so that what is alike can be found."""

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.CASCADE, related_name="precedent")
    item_type = models.ForeignKey(
        ItemType, on_delete=models.CASCADE, related_name="precedents", db_index=False
    )
    sketch = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["item_type", "-created_at"], name="precedent_newest_of_a_type"),
        ]

    def __str__(self) -> str:
        return str(self.item)
