"""Types of decisions, with the draft of how each is routed."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from routing.kinds import KINDS, TypeSpec
from routing.models import item_type_rules
from routing.models.queues import SLUG, Queue

UNIT = [MinValueValidator(0.0), MaxValueValidator(1.0)]
COST = [MinValueValidator(0.0)]


def default_auto_approve() -> float:
    """Return the auto-approve threshold of a new item type."""
    return settings.AUTO_APPROVE_THRESHOLD


def default_review() -> float:
    """Return the confidence from which a look at a new item type is of normal priority."""
    return settings.REVIEW_THRESHOLD


def default_expert() -> float:
    """Return the confidence below which an expert decides on a new item type."""
    return settings.EXPERT_ESCALATION_THRESHOLD


class ItemType(models.Model):
    """One type of decision: what is asked, who answers, and the draft of how it is routed."""

    class Reject(models.TextChoices):
        WITHHOLD = "withhold", "the item is closed as rejected"
        EXPERT = "expert", "an expert decides"

    class Cover(models.TextChoices):
        NOTHING = "nothing", "as they are"
        BLUR = "blur", "blurred"
        GREY = "grey", "in grey"
        BOTH = "both", "blurred and in grey"

    class Of(models.TextChoices):
        DECISIONS = "decisions", "of all decisions"
        AUTOMATED = "automated", "among the automated"

    class CertifyBy(models.TextChoices):
        ALL = "all", "one for all answers"
        CLASS = "class", "one for each class"

    class PublishBy(models.TextChoices):
        HAND = "hand", "it is proposed, a person publishes it"
        AUTOMATIC = "automatic", "it is published at once"

    slug = models.SlugField(
        unique=True,
        validators=[SLUG],
        help_text="The name that API clients send as item_type. It can't be changed later.",
    )
    name = models.CharField(
        max_length=100, blank=True, help_text="What people call it. Empty: the short name is shown."
    )
    kind = models.CharField(
        max_length=20,
        choices=[(kind, kind.replace("_", " ")) for kind in KINDS],
        help_text="What a label of this type is. It can't be changed later.",
    )
    labels = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        help_text="The labels to choose from, separated by commas, in the order in which people see them.",
    )
    multilabel = models.BooleanField(
        default=False, help_text="An item may carry several of the labels at once."
    )
    ordered = models.BooleanField(
        default=False,
        help_text="The labels are steps of one scale, in this order, for example poor, fair, good: answers "
        "that lie near each other then count as half agreed where agreement is measured.",
    )
    minimum = models.FloatField(
        null=True, blank=True, help_text="Regression only: the smallest number allowed."
    )
    maximum = models.FloatField(
        null=True, blank=True, help_text="Regression only: the largest number allowed."
    )
    unit = models.CharField(max_length=20, blank=True, help_text="Regression only: the unit shown beside it.")
    guidelines = models.TextField(
        blank=True, help_text="What a reviewer should know, in Markdown. It is shown beside each item."
    )
    # Counted by the database whenever the guidelines change; their texts are the rows of Guidelines.
    guidelines_version = models.PositiveIntegerField(default=1, editable=False)
    # -- who answers --
    queue = models.ForeignKey(
        Queue,
        on_delete=models.PROTECT,
        related_name="item_types",
        help_text="Where items wait that a person should look at.",
    )
    expert_queue = models.ForeignKey(
        Queue,
        on_delete=models.PROTECT,
        related_name="expert_item_types",
        help_text="Where items wait that only an expert may decide.",
    )
    skill = models.CharField(
        max_length=50,
        blank=True,
        help_text="Only people with this skill are given these items. Empty: everybody in the queue's group.",
    )
    opinions_wanted = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text="How many people answer each reviewed item. When they differ an expert decides.",
    )
    ask_until_sure = models.BooleanField(
        default=False,
        help_text="Ask another person only while the answers so far don't settle an item. It begins once "
        "enough is known of how often people are right; until then opinions wanted counts.",
    )
    sure_at = models.FloatField(
        default=0.95,
        validators=UNIT,
        help_text="With asking until sure: the probability (0 to 1) from which an answer is settled.",
    )
    most_opinions = models.PositiveSmallIntegerField(
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text="With asking until sure: after so many answers an expert decides.",
    )
    overlap_share = models.FloatField(
        default=0.05,
        validators=UNIT,
        help_text="Share of reviewed items (0 to 1), drawn at random, that one more person answers, "
        "to measure how far people agree.",
    )
    validated_share = models.FloatField(
        default=0.02,
        validators=UNIT,
        help_text="Share of items decided by reviewers (0 to 1), drawn at random, that an expert answers "
        "again without seeing their answer.",
    )
    gold_share = models.FloatField(
        default=0.05,
        validators=UNIT,
        help_text="Share of a person's looks (0 to 1) at items whose answer is known, to measure how often "
        "they are right. It falls to two fifths of this once that is known to 5 points.",
    )
    pause_below = models.FloatField(
        null=True,
        blank=True,
        default=0.7,
        validators=UNIT,
        help_text="Who is proven to be right less often than this (0 to 1) at known questions is paused, and "
        "leads are told. Empty: nobody is paused.",
    )
    second_looks = models.BooleanField(
        default=True,
        help_text="Another person looks again at a label that the automated checks find doubtful.",
    )
    reuse_corrections = models.BooleanField(
        default=True,
        help_text="Once a person is sure that the model's answer is wrong, the same input gets the corrected "
        "answer for as long as the model repeats its mistake.",
    )
    cover = models.CharField(
        max_length=10,
        choices=Cover.choices,
        default=Cover.NOTHING,
        help_text="How images that may harm are shown until the person uncovers them.",
    )
    golden_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Golden examples are retired after so many days. Empty: never.",
    )
    blind_share = models.FloatField(
        default=0.1,
        validators=UNIT,
        help_text="Share of looks (0 to 1) that hide the model's answer, so that people can't just copy it.",
    )
    agreement_tolerance = models.FloatField(
        default=0.0,
        validators=UNIT,
        help_text="How far apart (0 to 1) two answers may lie and still count as agreeing. 0: equal.",
    )
    reject_means = models.CharField(
        max_length=10,
        choices=Reject.choices,
        default=Reject.EXPERT,
        help_text="What happens when a reviewer rejects an item.",
    )
    comment_required = models.BooleanField(
        default=False, help_text="A rejection or escalation needs a comment."
    )
    # -- the draft of the policy; what the router goes by is the latest published Policy --
    automate = models.BooleanField(
        default=True, help_text="Off: people look at everything, whatever the confidence (shadow mode)."
    )
    expert_mandatory = models.BooleanField(
        default=False, help_text="Every item is decided by an expert, for example in medicine."
    )
    auto_approve = models.FloatField(
        default=default_auto_approve,
        validators=UNIT,
        help_text="From this confidence on the model's answer is approved without a person.",
    )
    review = models.FloatField(
        default=default_review,
        validators=UNIT,
        help_text="From this confidence on a look is of normal priority; below it is high.",
    )
    expert = models.FloatField(
        default=default_expert,
        validators=UNIT,
        help_text="Below this confidence an expert decides, with urgent priority.",
    )
    class_thresholds = models.JSONField(
        default=dict,
        blank=True,
        help_text='Auto-approve thresholds for single labels, for example {"fraud": 0.99}.',
    )
    audit_rate = models.FloatField(
        default=0.05,
        validators=UNIT,
        help_text="Share of the automated items that a person checks afterwards, without seeing the answer.",
    )
    four_eyes = models.BooleanField(
        default=False, help_text="A second admin must approve each policy before the router goes by it."
    )
    committee_limit = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0.0)],
        help_text="Several models: a person looks when they differ by more than this. Two measures, the "
        "larger counts: the mean distance of the others' answers from the first (0 to 1: the share that says "
        "otherwise, for boxes 1 - IoU, for texts 1 - similarity), and the mean KL divergence of their "
        "probabilities from their mean, in nats (at most 0.69 for two models, 1.1 for three). Empty: off.",
    )
    novelty_limit = models.FloatField(
        null=True,
        blank=True,
        validators=UNIT,
        help_text="A person looks at an item that lies farther from all that was labelled than this share "
        "of the labelled items lie from each other, for example 0.99. Empty: off.",
    )
    confirm_classes = models.BooleanField(
        default=False,
        help_text="A person looks at a label until somebody has given it once as an answer. "
        "An entity beyond the candidates that nobody has given yet always goes to a person.",
    )
    # -- the error that may be made, and what is proven of it --
    target_alpha = models.FloatField(
        null=True,
        blank=True,
        validators=UNIT,
        help_text="At most this share may be wrong, for example 0.05. The server then finds the loosest "
        "threshold that is proven to hold, in place of the typed one. Empty: the typed thresholds count.",
    )
    target_of = models.CharField(
        max_length=10,
        choices=Of.choices,
        default=Of.DECISIONS,
        help_text="Of what the wrong answers are counted. Of all decisions: a proof takes far fewer checks.",
    )
    target_delta = models.FloatField(
        default=0.05,
        validators=UNIT,
        help_text="The risk that the proof is wrong: 0.05 is a confidence of 95 %.",
    )
    certify_by = models.CharField(
        max_length=10,
        choices=CertifyBy.choices,
        default=CertifyBy.ALL,
        help_text="One proof for all answers says nothing about a single class; one for each takes more.",
    )
    simultaneous = models.BooleanField(
        default=False,
        help_text="All classes hold at once with that confidence; takes about ten times the checks.",
    )
    publish_certificates = models.CharField(
        max_length=10,
        choices=PublishBy.choices,
        default=PublishBy.HAND,
        help_text="What happens when a looser threshold is proven.",
    )
    early_audit_rate = models.FloatField(
        default=0.3,
        validators=UNIT,
        help_text="With an error target: share of automated items checked at first and after a warning.",
    )
    early_items = models.PositiveIntegerField(
        default=5000,
        help_text="With an error target: for how many items of a new model that larger share applies.",
    )
    seeded_share = models.FloatField(
        default=0.03,
        validators=UNIT,
        help_text="Share of checks at items whose answer is known to be wrong: how many errors are caught?",
    )
    # -- what things cost, in one currency --
    route_by_cost = models.BooleanField(
        default=False,
        help_text="Automate only what is cheaper than a look, and send the rest to whoever is cheapest.",
    )
    cost_error = models.FloatField(
        null=True, blank=True, validators=COST, help_text="What one wrong answer costs."
    )
    cost_review_hour = models.FloatField(
        null=True, blank=True, validators=COST, help_text="What an hour of a reviewer costs."
    )
    cost_expert_hour = models.FloatField(
        null=True, blank=True, validators=COST, help_text="What an hour of an expert costs."
    )
    cost_delay_hour = models.FloatField(
        null=True, blank=True, validators=COST, help_text="What it costs when an item waits for an hour."
    )
    held_out_share = models.FloatField(
        default=0.2,
        validators=[MinValueValidator(0.05), MaxValueValidator(0.5)],
        help_text="Share of items whose labels are kept for judging models. They are never trained on.",
    )
    teams = models.ManyToManyField(
        Group,
        blank=True,
        related_name="item_types",
        help_text="Only members of these groups see its items, labels and models, and may steer it. None: "
        "everybody whose role allows it. Reviewers and experts are given work by their queues, as ever.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["slug"]
        constraints = item_type_rules.CONSTRAINTS

    def __str__(self) -> str:
        return self.name or self.slug

    @property
    def spec(self) -> TypeSpec:
        """What the kind needs to know of this type."""
        return TypeSpec(
            kind=self.kind,
            labels=tuple(self.labels),
            multilabel=self.multilabel,
            minimum=self.minimum,
            maximum=self.maximum,
            unit=self.unit,
            tolerance=self.agreement_tolerance,
        )

    def clean(self) -> None:
        """Say in the admin's form what the kind, the router and the certifier would refuse."""
        problems = item_type_rules.problems(self)
        if problems:
            raise ValidationError(problems)
