"""How the book is looked through: searches that people keep."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class SavedFilter(models.Model):
    """A search of the trail under a name: its owner's own, or everybody's who may read the trail."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="saved_filters",
        db_index=False,
        help_text="Whose it is.",
    )
    name = models.CharField(max_length=100, help_text="What its owner calls it.")
    query = models.JSONField(default=dict, help_text="The page's parameters by name, as texts.")
    shared = models.BooleanField(default=False, help_text="Everybody who may read the trail sees it.")
    created_at = models.DateTimeField(default=timezone.now, help_text="When it was kept.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_is_its_owners_own"),
        ]

    def __str__(self) -> str:
        return self.name
