"""What one person may be given, and which classes people have given as answers."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from routing.models.item_types import ItemType


class Reviewer(models.Model):
    """The limits of one person's work; who has no such row has none."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviewer")
    skills = ArrayField(
        models.CharField(max_length=50),
        default=list,
        blank=True,
        help_text="What this person may decide, separated by commas, in the words that item types ask for.",
    )
    daily_cap = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="The most answers that this person is asked for in 24 hours. Empty: no limit.",
    )
    paused_at = models.DateTimeField(
        null=True, blank=True, help_text="While set, this person is given nothing. Empty it to go on."
    )
    paused_because = models.CharField(
        max_length=200, blank=True, help_text="Shown to the person while they are paused."
    )
    # Whose known questions this person failed, where that is why they are paused.
    paused_for = models.ForeignKey(
        ItemType, null=True, blank=True, on_delete=models.SET_NULL, related_name="paused_people"
    )
    resumed_at = models.DateTimeField(null=True, blank=True)  # known questions answered before are forgiven

    class Meta:
        ordering = ["user"]
        constraints = [
            models.CheckConstraint(
                condition=Q(paused_for__isnull=True) | Q(paused_at__isnull=False),
                name="reviewer_failed_only_while_paused",
            ),
            models.CheckConstraint(
                condition=Q(daily_cap__isnull=True) | Q(daily_cap__gte=1), name="reviewer_cap_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class SeenClass(models.Model):
    """A class or entity that a person has given as the answer to an item of this type."""

    item_type = models.ForeignKey(
        ItemType, on_delete=models.CASCADE, related_name="seen_classes", db_index=False
    )
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["item_type", "name"]
        constraints = [
            models.UniqueConstraint(fields=["item_type", "name"], name="seen_class_is_noted_once"),
        ]

    def __str__(self) -> str:
        return self.name
