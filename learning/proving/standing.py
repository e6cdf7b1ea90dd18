"""What the proofs say of an item type's strategy now, and what sampling does where choosing does not pay."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from labeling.models import Label
from learning.models import LearningPlan, Proof
from routing.models import ItemType, Purpose

RANDOM = "random"
# What the strategy still picks while it loses, so that its next proof can say otherwise.
CONTROL = 0.1
FEWEST_ASKED = 50  # labels of each arm
FEWEST_HELD_OUT = 100
FALLEN = "random in place of {strategy}: by the last two proofs choosing takes more labels, not fewer"


@dataclass(frozen=True)
class Counts:
    """How many labels there are of each arm, and held-out ones to judge both by."""

    chosen: int
    random: int
    held_out: int

    @property
    def missing(self) -> dict[str, int]:
        """What it takes until the arms can be compared, by name; nothing where they can."""
        lacking = {
            "random": FEWEST_ASKED - self.random,
            "chosen": FEWEST_ASKED - self.chosen,
            "held-out": FEWEST_HELD_OUT - self.held_out,
        }
        return {name: count for name, count in lacking.items() if count > 0}


def asked(item_type: ItemType) -> QuerySet[Label]:
    """Return the answers to the sampler's questions that a model may learn from, oldest first.

    The seat's chance stands in `inclusion`: 1 for what the strategy chose, less for what was drawn. What was
    asked about after it was decided, because of drift, was asked blind. It was drawn from what the model
    decides alone and belongs to neither arm.
    """
    rows = Label.objects.in_force().filter(
        item_type=item_type, source=Purpose.LEARN, reserved=False, blind=False
    )
    return rows.order_by("pk")


def counts(item_type: ItemType) -> Counts:
    """Return how many labels each arm has, and how many held-out items are labelled."""
    arms = asked(item_type).aggregate(all=Count("pk"), random=Count("pk", filter=Q(inclusion__lt=1)))
    held = Label.objects.in_force().filter(item_type=item_type, reserved=True, item__held_out=True)
    judges = held.values("item").distinct().count()
    return Counts(arms["all"] - arms["random"], arms["random"], judges)


def newest(item_type: ItemType) -> Proof | None:
    """Return the item type's newest proof."""
    return Proof.objects.filter(item_type=item_type).first()


def fallen() -> QuerySet[ItemType]:
    """Return the item types at which the last two proofs that could tell say that today's strategy loses."""
    proofs = Proof.objects.filter(item_type=OuterRef("pk"), saving__isnull=False).order_by("-pk")
    lost = proofs.annotate(
        lost=Case(When(verdict=Proof.Verdict.LOSES, then=F("strategy")), default=Value(""))
    ).values("lost")
    return ItemType.objects.alias(
        today=Coalesce(F("learning_plan__strategy"), Value(LearningPlan().strategy)),
        last=Subquery(lost[:1]),
        before=Subquery(lost[1:2]),
    ).filter(last=F("today"), before=F("today"))


def random_share(plan: LearningPlan) -> tuple[float, str]:
    """Return which share of a pick is drawn at random, and why where that is not the plan's choice.

    While choosing loses nearly everything is drawn; the strategy keeps a share, at least CONTROL, by which
    it is measured on. All that strategy `random` picks is drawn.
    """
    if plan.strategy == RANDOM:
        return 1.0, ""
    if fallen().filter(pk=plan.item_type_id).exists():
        return 1 - max(CONTROL, min(plan.random_share, 0.5)), FALLEN.format(strategy=plan.strategy)
    return plan.random_share, ""
