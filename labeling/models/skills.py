"""How often people are right."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from routing.models import ItemType, in_unit_interval


class AnnotatorSkill(models.Model):
    """How often one person is right at one item type, as far as is known; without a person: everybody."""

    item_type = models.ForeignKey(ItemType, on_delete=models.CASCADE, related_name="skills", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="annotator_skills"
    )
    method = models.CharField(max_length=20)
    votes = models.FloatField(default=0.0)
    accuracy = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    confusion = models.JSONField(null=True)  # class -> class said -> share, where the method tells it
    gold_answered = models.PositiveIntegerField(default=0)
    gold_right = models.PositiveIntegerField(default=0)
    expert_compared = models.PositiveIntegerField(default=0)
    expert_agreed = models.PositiveIntegerField(default=0)
    rates = models.JSONField(null=True)  # of everybody: class -> how frequent it is
    last_label = models.UUIDField(null=True)  # of everybody: the newest label that was read
    measured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["item_type", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_type", "user"], nulls_distinct=False, name="skill_once_per_person_and_type"
            ),
            in_unit_interval("accuracy", name="skill_accuracy_is_a_probability"),
            models.CheckConstraint(
                condition=Q(gold_right__lte=F("gold_answered"), expert_agreed__lte=F("expert_compared")),
                name="skill_right_at_most_as_often_as_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or 'everybody'}: {self.accuracy:.2f}"
