"""What reviewers are told, version by version."""

from django.db import models
from django.utils import timezone

from routing.models.item_types import ItemType


class Guidelines(models.Model):
    """The text of one version of an item type's guidelines; written by the database, never changed."""

    item_type = models.ForeignKey(
        ItemType, on_delete=models.CASCADE, related_name="guidelines_versions", db_index=False
    )
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["item_type", "-number"]
        verbose_name_plural = "guidelines"
        constraints = [
            models.UniqueConstraint(fields=["item_type", "number"], name="guidelines_number_is_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.item_type} guidelines {self.number}"
