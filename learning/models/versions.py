"""The models that were trained, here or elsewhere, and how each was measured."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from learning.models.choices import Trainer
from learning.models.runs import TrainingRun
from routing.models import Item, ItemType, both_or_neither


class ModelVersion(models.Model):
    """One trained model, its file and where it comes from."""

    class Status(models.TextChoices):
        EXAM = "exam"  # of an external trainer, whose answers to the held-out items are awaited
        SHADOW = "shadow"  # passed the gate, answers live items unseen
        CHALLENGER = "challenger"  # waits for promotion
        CHAMPION = "champion"
        RETIRED = "retired"
        REFUSED = "refused"  # the gate said no; its verdict says why

    item_type = models.ForeignKey(
        ItemType, on_delete=models.PROTECT, related_name="model_versions", db_index=False
    )
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CHALLENGER)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    run = models.OneToOneField(TrainingRun, null=True, on_delete=models.PROTECT, related_name="model_version")
    trainer = models.CharField(max_length=8, choices=Trainer.choices, default=Trainer.SERVER)
    # The name by which an external trainer knows it; items that name it in a prediction were judged by it.
    external_name = models.CharField(max_length=200, blank=True)
    claimed = models.JSONField(
        default=dict
    )  # the figures that an external trainer gave; nothing rests on them
    notes = models.TextField(blank=True)  # of its card: what it is for, what it should not be used for
    learner = models.CharField(max_length=200)
    encoder = models.CharField(max_length=200)
    labels_used = models.PositiveIntegerField()
    artifact = models.CharField(max_length=300, blank=True)  # the name in the storage "models"
    sha256 = models.CharField(max_length=64, blank=True)
    verdict = models.JSONField(default=dict)  # the gate's, with every reason
    report = models.JSONField(default=dict)  # reliability, speed, replay: what its card draws
    created_at = models.DateTimeField(default=timezone.now)
    shadow_since = models.DateTimeField(null=True)
    promoted_at = models.DateTimeField(null=True)
    promoted_by = models.CharField(max_length=200, null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["item_type", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["item_type", "number"], name="model_number_is_unique"),
            models.UniqueConstraint(
                fields=["item_type", "external_name"],
                condition=~Q(external_name=""),
                name="model_external_name_is_unique",
            ),
            models.UniqueConstraint(
                fields=["item_type"], condition=Q(status="champion"), name="model_one_champion_per_type"
            ),
            both_or_neither("promoted_at", "promoted_by", name="model_promotion_has_time_and_author"),
            models.CheckConstraint(
                condition=~Q(status="champion") | Q(promoted_at__isnull=False),
                name="model_champion_was_promoted",
            ),
            models.CheckConstraint(
                condition=~Q(status="shadow") | Q(shadow_since__isnull=False), name="model_shadow_has_begun"
            ),
            models.CheckConstraint(
                condition=Q(trainer=Trainer.EXTERNAL) | (~Q(artifact="") & ~Q(sha256="")),
                name="model_of_ours_has_a_file",
            ),
        ]

    def __str__(self) -> str:
        return self.external_name or f"{self.item_type.slug}@{self.number}"


class Evaluation(models.Model):
    """One number on one slice, with its interval."""

    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, related_name="evaluations", db_index=False
    )
    metric = models.CharField(max_length=40)
    slice = models.CharField(max_length=400, default="all")
    value = models.FloatField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    n = models.PositiveIntegerField()

    class Meta:
        ordering = ["model_version", "metric", "slice"]
        constraints = [
            models.UniqueConstraint(
                fields=["model_version", "metric", "slice"], name="evaluation_is_measured_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} on {self.slice}: {self.value:.4f}"


class TrialAnswer(models.Model):
    """What a model that is not in force says of an item: in the shadow of a champion, or at its exam."""

    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, related_name="trial_answers", db_index=False
    )
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="trial_answers")
    label = models.JSONField(null=True)  # null: it could not read the item
    confidence = models.FloatField(null=True)
    probabilities = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["model_version", "item"]
        constraints = [
            models.UniqueConstraint(fields=["model_version", "item"], name="trial_answer_is_given_once"),
        ]

    def __str__(self) -> str:
        return f"{self.model_version} on {self.item}"
