"""The demo's table: what came out of each round, always counted from the rows that it left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from hitl_project.demo.digits import Digit
from labeling.models import Label
from learning import serving
from learning.judging import evaluation
from learning.models import ModelVersion, TrainingRun
from routing import policies
from routing.judging import ROUTER
from routing.models import Item, ItemType, Policy, Status
from routing.policy import decide

HEADS = (
    "round",
    "labels so far",
    "review rate",
    "automated: right",
    "stream: by people",
    "stream after review: right",
    "model F1",
    "model",
)


@dataclass(frozen=True)
class Round:
    """One round: the first seven fields are those of the command's JSON.

    Review rate, accuracy of what was automated and F1 are of the model that judged this round's arrivals, on
    the digits that are never posted. `accuracy` is of the stream: how many of the round's decided items carry
    the right label, whoever decided them; `by_people` how many of them a person decided.
    """

    round: int
    labels: int
    human_review_rate: float
    automated_accuracy: float | None
    accuracy: float | None
    f1: float | None
    model_version: str | None
    by_people: float | None

    def json(self) -> dict:
        """The round as the command's JSON has it."""
        return {key: value for key, value in asdict(self).items() if key != "by_people"}

    def cells(self) -> tuple:
        """The round as a row of the table, in the order of HEADS."""
        people, right = self.by_people, self.accuracy
        model = self.model_version or "none yet"
        rate, automated = self.human_review_rate, self.automated_accuracy
        return self.round, self.labels, rate, automated, people, right, self.f1, model


def trigger(number: int) -> str:
    """Return what a round's training run is marked with."""
    return f"demo round {number}"


def measure(item_type: ItemType, number: int, arrivals: Sequence[Digit], truth: Sequence[Digit]) -> Round:
    """Return the figures of one round, from its items, labels, run and model."""
    version = in_force(item_type, number)
    rate, automated, f1 = _on_truth(item_type, version, _policy(item_type, arrivals), truth)
    right, people = _of_stream(item_type, arrivals)
    return Round(
        round=number,
        labels=_labels(item_type, number),
        human_review_rate=rate,
        automated_accuracy=automated,
        accuracy=right,
        f1=f1,
        model_version=str(version) if version else None,
        by_people=people,
    )


def in_force(item_type: ItemType, number: int) -> ModelVersion | None:
    """Return the model that judged the arrivals of a round: the last one promoted in the rounds before."""
    earlier = [trigger(before) for before in range(1, number)]
    return (
        ModelVersion.objects.select_related("item_type")
        .filter(item_type=item_type, run__trigger__in=earlier, promoted_at__isnull=False)
        .order_by("-number")
        .first()
    )


def _labels(item_type: ItemType, number: int) -> int:
    """Return how many labels there were when the round's training began."""
    labels = Label.objects.filter(item_type=item_type, superseded_at__isnull=True)
    run = TrainingRun.objects.filter(item_type=item_type, trigger=trigger(number)).order_by("-pk").first()
    return (labels.filter(ts__lte=run.started_at) if run else labels).count()


def _policy(item_type: ItemType, arrivals: Sequence[Digit]) -> Policy:
    """Return the policy that judged the round's arrivals."""
    judged = Item.objects.filter(
        item_type=item_type, item_ref__in=[digit.ref for digit in arrivals], policy__isnull=False
    )
    item = judged.select_related("policy").order_by("id").first()
    return item.policy if item else policies.latest(item_type)


def _on_truth(
    item_type: ItemType, version: ModelVersion | None, policy: Policy, truth: Sequence[Digit]
) -> tuple[float, float | None, float | None]:
    """Return, on the truth: review rate, accuracy of what would be automated, the model's macro F1."""
    if version is None:
        return 1.0, None, None
    said = serving.answers(version, [digit.payload for digit in truth])
    pure, spec = policies.pure(policy), item_type.spec
    verdicts = [
        decide(pure, (opinion,), payload=digit.payload, context={}, spec=spec)
        for opinion, digit in zip(said, truth, strict=True)
    ]
    automated = np.array([verdict.action == "auto_approve" for verdict in verdicts])
    right = np.array([opinion.label == digit.label for opinion, digit in zip(said, truth, strict=True)])
    f1 = evaluation.macro_f1([opinion.label for opinion in said], [digit.label for digit in truth])
    return (
        float(1 - automated.mean()),
        float(right[automated].mean()) if automated.any() else None,
        float(f1),
    )


def _of_stream(item_type: ItemType, arrivals: Sequence[Digit]) -> tuple[float | None, float | None]:
    """Return, of the round's decided items, the share that is right and the share decided by people."""
    labels = {digit.ref: digit.label for digit in arrivals}
    decided = Item.objects.filter(
        item_type=item_type, item_ref__in=list(labels), status=Status.APPROVED
    ).values_list("item_ref", "label", "decided_by")
    if not decided:
        return None, None
    right = np.mean([label == labels[ref] for ref, label, _ in decided])
    people = np.mean([by != ROUTER for _, _, by in decided])
    return float(right), float(people)
