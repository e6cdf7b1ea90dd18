"""An admin's choices of how an item type learns."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from learning import encoders
from learning.judging import slicing
from learning.learners import catalogue
from learning.models.choices import ENCODERS, STRATEGIES, Goal, Trainer, Update
from routing.models import ItemType
from routing.transport import callable_url

SHARE = [MinValueValidator(0.0), MaxValueValidator(1.0)]
HALF = [MinValueValidator(0.0), MaxValueValidator(0.5)]


def validate_address(value: str) -> None:
    """Raise ValidationError unless messages can be sent there; a host of a private network has no dots."""
    if not callable_url(value):
        raise ValidationError("Write an address that starts with http:// or https://, without a password.")


class LearningPlan(models.Model):
    """An admin's choices of how one item type learns."""

    item_type = models.OneToOneField(ItemType, on_delete=models.CASCADE, related_name="learning_plan")
    active = models.BooleanField(default=True, help_text="Off: no sampling and no training by the clock.")
    # -- what to label next --
    goal = models.CharField(
        max_length=12,
        choices=Goal.choices,
        default=Goal.ACCURACY,
        help_text="What the labels that are bought should serve.",
    )
    strategy = models.CharField(
        max_length=20,
        choices=[(name, name.replace("_", " ")) for name in STRATEGIES],
        default="adaptive",
        help_text="How the next items to label are chosen. adaptive is the measured best.",
    )
    uncertainty_weight = models.FloatField(
        default=0.7,
        validators=SHARE,
        help_text="Strategy hybrid: how much uncertainty counts; the rest is distance from labelled items.",
    )
    batch_size = models.PositiveIntegerField(
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text="How many items a sampling run asks people for.",
    )
    label_budget = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="How many items you mean to have labelled because they were picked here. adaptive explores "
        "during the first half of them, then sharpens; no more are asked for. Empty: no end.",
    )
    random_share = models.FloatField(
        default=0.1,
        validators=SHARE,
        help_text="Share of each pick that is drawn at random, so that the gain of choosing can be measured.",
    )
    # -- how to learn --
    trainer = models.CharField(
        max_length=8,
        choices=Trainer.choices,
        default=Trainer.SERVER,
        help_text="Your own trainer is told at its address that training is due, and registers its model "
        "through the API.",
    )
    trainer_url = models.CharField(
        "address of your trainer",
        max_length=2000,
        blank=True,
        validators=[validate_address],
        help_text="Where your own trainer is told that training is due.",
    )
    ml_backend_url = models.CharField(
        "address of the ML backend",
        max_length=2000,
        blank=True,
        validators=[validate_address],
        help_text="A Label Studio ML backend that predicts for items without a prediction, in place of the "
        "server's champion. Its /predict is asked.",
    )
    learner = models.CharField(
        max_length=200,
        default="linear",
        help_text="linear: fast, well behaved with few labels. forest: for features of mixed scales. "
        "mlp: a small neural network. Or a name that the settings add.",
    )
    ensemble = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text="How many models are trained on resampled labels and averaged. 1: a single one.",
    )
    encoder = models.CharField(
        max_length=20,
        choices=[(name, name.replace("_", " ")) for name in ENCODERS],
        default="auto",
        error_messages={
            "invalid_choice": f"There is no encoder %(value)r. Use one of: {', '.join(ENCODERS)}."
        },
        help_text="How payloads become numbers. auto: embeddings that clients send, else features, else the "
        "image, else the words of the text; for preferences the words of both answers. sentence and sentence "
        "pair go by meaning, need the extra “sentences”, and take half a gigabyte in each process.",
    )
    update = models.CharField(
        max_length=9,
        choices=Update.choices,
        default=Update.AUTO,
        help_text="How a new model comes from the champion.",
    )
    half_life_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="After so many days a label counts half as much in training. Empty: age does not count.",
    )
    # -- when to learn --
    retrain_after = models.PositiveIntegerField(
        default=50,
        validators=[MinValueValidator(1)],
        help_text="A new model is trained when this many labels came in since the last one.",
    )
    retrain_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="A new model is trained when the last is so many days old and any label is new. "
        "Empty: not by the calendar.",
    )
    drift_retrains = models.BooleanField(
        default=True, help_text="When drift is found, a new model is trained from the labels that are new."
    )
    drift_samples = models.BooleanField(
        default=True, help_text="When drift is found, people are asked about what arrives now."
    )
    drift_tightens = models.BooleanField(
        default=False,
        help_text="When drift is found, nothing is approved automatically until somebody lifts it.",
    )
    # -- what a new model must show --
    slices = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Fields, separated by commas, on each of whose values a model is judged by itself, for "
        "example context.country, payload.channel.",
    )
    margin_overall = models.FloatField(
        default=0.005,
        validators=HALF,
        help_text="Gate: how far the accuracy may fall at worst (95 % bound). 0.005 is half a point.",
    )
    margin_slice = models.FloatField(
        default=0.03, validators=HALF, help_text="Gate: the same for each class and slice."
    )
    must_be_better = models.BooleanField(
        default=False,
        help_text="Gate: a new model must be right more often beyond chance. Off: it must not be worse, "
        "which few labels can show sooner than a small gain.",
    )
    most_ece = models.FloatField(
        default=0.1,
        validators=SHARE,
        help_text="Gate: how far confidence and accuracy may lie apart (expected calibration error).",
    )
    most_milliseconds = models.PositiveIntegerField(
        default=100,
        validators=[MinValueValidator(1)],
        help_text="Gate: how long one prediction may take, in milliseconds (95 % of them).",
    )
    shadow_labels = models.PositiveIntegerField(
        default=50,
        help_text="A model that passed the gate answers live items beside the champion, unseen, until people "
        "have labelled so many of them. 0: none.",
    )
    auto_promote = models.BooleanField(
        default=False,
        help_text="A model that passed the gate and the shadow takes over without being promoted by hand.",
    )
    auto_roll_back = models.BooleanField(
        default=True,
        help_text="Where people overturn a new champion more often than the one before it, that one returns.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(trainer=Trainer.EXTERNAL) | ~Q(trainer_url=""),
                name="plan_external_has_address",
                violation_error_message="Write the address at which your own trainer is told.",
            ),
        ]

    def __str__(self) -> str:
        return f"learning plan of {self.item_type}"

    def clean(self) -> None:
        """Raise ValidationError for an unknown learner, an encoder for other kinds or servers, no field."""
        known = catalogue.names(settings.HITL_LEARNERS)
        if self.learner not in known:
            raise ValidationError(
                {"learner": f"There is no learner {self.learner!r}. Use one of: {', '.join(known)}."}
            )
        if reason := encoders.unfit(self.encoder, self.item_type.kind):
            raise ValidationError({"encoder": reason})
        for path in self.slices:
            try:
                slicing.steps(path)
            except ValueError as error:
                raise ValidationError({"slices": str(error)}) from error
