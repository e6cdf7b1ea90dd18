"""What is kept to tell whether choosing pays, and whether the world has moved."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from learning.models.versions import ModelVersion
from routing.models import Item, ItemType


class Proof(models.Model):
    """One comparison of chosen with random labels: the curves, and how many labels choosing saved."""

    class Verdict(models.TextChoices):
        PAYS = "pays"
        OPEN = "open"  # the interval of the saving holds 1
        LOSES = "loses"

    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="proofs")
    created_at = models.DateTimeField(default=timezone.now)
    strategy = models.CharField(max_length=20)
    labels_chosen = models.PositiveIntegerField()
    labels_random = models.PositiveIntegerField()
    labels_held_out = models.PositiveIntegerField()
    # {} or {"chosen": [[labels, score, low, high], …], "random": […], "learner": …, "base": how many labels}
    curves = models.JSONField()
    saving = models.FloatField(null=True)  # times fewer labels; null: too few labels to tell
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    verdict = models.CharField(max_length=5, choices=Verdict.choices, default=Verdict.OPEN)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"proof {self.pk} of {self.item_type}"


class DriftReport(models.Model):
    """One comparison of what arrives now with what the champion was trained on and did at first."""

    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="drift_reports")
    model_version = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.PROTECT, related_name="drift_reports"
    )
    model = models.CharField(max_length=200)  # whose decisions: a client's own model has no version here
    created_at = models.DateTimeField(default=timezone.now)
    window = models.PositiveIntegerField()  # items looked at
    found = models.JSONField()  # per test: statistic, p-value, effect, and what its picture draws
    drifted = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)
    acted = models.JSONField(default=list)  # what the plan had done about it

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"drift report {self.pk} of {self.item_type}"


class Embedding(models.Model):
    """An item's numbers as one encoder made them, so that no text is read twice by a slow one."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="embeddings", db_index=False)
    encoder = models.CharField(max_length=100)  # its name and which version of it
    vector = models.BinaryField()  # float16, little endian

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "encoder"], name="embedding_is_made_once"),
        ]

    def __str__(self) -> str:
        return f"{self.encoder} of {self.item}"
