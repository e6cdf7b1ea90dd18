"""What the machine makes of it: the rows of learning."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from routing.models import ItemType, both_or_neither

# The names of learning.sampling.STRATEGIES.
STRATEGIES = (
    "adaptive",
    "margin",
    "entropy",
    "least_confidence",
    "vote_entropy",
    "mean_kl",
    "k_means",
    "k_means_plus_plus",
    "k_center",
    "density",
    "distance",
    "badge",
    "typical",
    "cluster_margin",
    "weighted_k_means",
    "hybrid",
    "errors",
    "pseudo_loss",
    "hard_negatives",
    "rare",
    "variance",
    "disagreement",
    "perplexity",
    "harmful",
    "boxes",
    "box_instability",
    "box_errors",
    "random",
)
LEARNERS = ("linear", "mlp")


class LearningPlan(models.Model):
    """An admin's choices of how one item type learns."""

    item_type = models.OneToOneField(ItemType, on_delete=models.CASCADE, related_name="learning_plan")
    active = models.BooleanField(default=True, help_text="Off: no sampling and no training by the clock.")
    learner = models.CharField(
        max_length=20,
        choices=[(name, name) for name in LEARNERS],
        default="linear",
        help_text="linear: fast, well behaved with few labels. mlp: a small neural network.",
    )
    strategy = models.CharField(
        max_length=20,
        choices=[(name, name.replace("_", " ")) for name in STRATEGIES],
        default="adaptive",
        help_text="How the next items to label are chosen. adaptive is the measured best.",
    )
    batch_size = models.PositiveIntegerField(
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text="How many items a sampling run asks people for.",
    )
    random_share = models.FloatField(
        default=0.1,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text="Share of each pick that is drawn at random, so that the gain of choosing can be measured.",
    )
    retrain_after = models.PositiveIntegerField(
        default=50,
        validators=[MinValueValidator(1)],
        help_text="A new model is trained when this many labels came in since the last one.",
    )
    auto_promote = models.BooleanField(
        default=False, help_text="A model that passes the gate takes over without being promoted by hand."
    )
    margin_overall = models.FloatField(
        default=0.005,
        validators=[MinValueValidator(0.0), MaxValueValidator(0.5)],
        help_text="Gate: how far the accuracy may fall at worst (95 % bound). 0.005 is half a point.",
    )
    margin_slice = models.FloatField(
        default=0.03,
        validators=[MinValueValidator(0.0), MaxValueValidator(0.5)],
        help_text="Gate: the same for each class and slice.",
    )

    def __str__(self) -> str:
        return f"learning plan of {self.item_type}"


class Run(models.Model):
    """What training and sampling runs share: a state that survives a killed worker."""

    class Status(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.RUNNING)
    trigger = models.CharField(max_length=100)  # why it ran: "50 new labels", "by ada", "demo round 3"
    started_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(default=timezone.now)  # when it last said what it does
    finished_at = models.DateTimeField(null=True)
    progress = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_type"], condition=Q(status="running"), name="%(class)s_one_running_per_type"
            ),
            models.CheckConstraint(
                condition=Q(status="running", finished_at__isnull=True)
                | (~Q(status="running") & Q(finished_at__isnull=False)),
                name="%(class)s_is_finished_when_it_ended",
            ),
        ]


class TrainingRun(Run):
    """One attempt to train a model."""

    learner = models.CharField(max_length=20)
    labels_used = models.PositiveIntegerField(default=0)
    labels_held_out = models.PositiveIntegerField(default=0)
    last_label = models.UUIDField(null=True)  # the newest label it saw; retraining counts from here
    dataset_sha256 = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"training {self.pk} of {self.item_type}"


class SamplingRun(Run):
    """One pick of what to label next."""

    strategy = models.CharField(max_length=20)
    pool_size = models.PositiveIntegerField(default=0)
    picked = models.PositiveIntegerField(default=0)
    suggestions = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"sampling {self.pk} of {self.item_type}"


class ModelVersion(models.Model):
    """One trained model, its file and where it comes from."""

    class Status(models.TextChoices):
        CHALLENGER = "challenger"  # passed the gate, waits for promotion
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
    learner = models.CharField(max_length=20)
    encoder = models.CharField(max_length=20)
    labels_used = models.PositiveIntegerField()
    artifact = models.CharField(max_length=300)  # the name in the storage "models"
    sha256 = models.CharField(max_length=64)
    verdict = models.JSONField(default=dict)  # the gate's, with every reason
    created_at = models.DateTimeField(default=timezone.now)
    promoted_at = models.DateTimeField(null=True)
    promoted_by = models.CharField(max_length=200, null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["item_type", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["item_type", "number"], name="model_number_is_unique"),
            models.UniqueConstraint(
                fields=["item_type"], condition=Q(status="champion"), name="model_one_champion_per_type"
            ),
            both_or_neither("promoted_at", "promoted_by", name="model_promotion_has_time_and_author"),
            models.CheckConstraint(
                condition=~Q(status="champion") | Q(promoted_at__isnull=False),
                name="model_champion_was_promoted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_type.slug}@{self.number}"


class Evaluation(models.Model):
    """One number on one slice, with its interval."""

    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, related_name="evaluations", db_index=False
    )
    metric = models.CharField(max_length=40)
    slice = models.CharField(max_length=200, default="all")
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
