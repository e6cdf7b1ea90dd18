"""A model before the gate: what it says of held-out labels, alone and beside the champion; the verdict."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from learning import reading, registry, replaying, serving
from learning.dataset import Labelled
from learning.external import sheets
from learning.judging import confidences, evaluation, gate, report, slicing, speed
from learning.judging.evaluation import Metric
from learning.judging.gate import Evidence, GateVerdict, Margins
from learning.judging.replay import Replay
from learning.judging.speed import Speed
from learning.learners.artifacts import Model
from learning.models import Evaluation, LearningPlan, ModelVersion, Trainer
from routing import policies
from routing.certificates import certifying
from routing.certify import Target
from routing.models import ItemType

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answers:
    """What a model says of held-out items: `probabilities` (m, classes) of those at the places `kept`.

    `speed` and `replay` are None where it can't be asked here.
    """

    classes: tuple[str, ...]
    probabilities: np.ndarray
    kept: Sequence[int]
    speed: Speed | None = None
    replay: Replay | None = None


@dataclass(frozen=True)
class Judged:
    """A model that was measured: its numbers, what the gate says, and which champion there was then.

    `unusable` says why the champion could not be compared with; then only a person may promote. `report` is
    what its card draws: `judging.report.write`.
    """

    metrics: list[Metric]
    verdict: GateVerdict
    champion: ModelVersion | None
    unusable: str = ""
    report: dict[str, Any] = field(default_factory=dict)


def ask(item_type: ItemType, model: Model, data: Labelled) -> Answers:
    """Return what one of our own models says of the held-out items, how fast, and what it would change."""
    # As a web process has it: one thread, which does not wait for others.
    with threadpool_limits(1, user_api="blas"):
        probabilities, kept = reading.rows(model.predict_proba, data.payloads)
        # As they come: without what was made of them before.
        taken = speed.measure(model.predict_proba, [dict(data.payloads[row]) for row in kept])
        replayed = replaying.run(item_type, model, _usable(registry.champion(item_type)))
    return Answers(model.classes, probabilities, kept, taken, replayed)


def judge(item_type: ItemType, plan: LearningPlan, answers: Answers, data: Labelled) -> Judged:
    """Return how a model does on the held-out labels, alone and against the champion on the same ones.

    Every held-out label must be one of `answers.classes`.
    """
    champion = registry.champion(item_type)
    place = {name: column for column, name in enumerate(answers.classes)}
    kept = answers.kept
    cut = slicing.cut(plan.slices, [data.payloads[row] for row in kept], [data.contexts[row] for row in kept])
    evidence = Evidence(
        answers.probabilities,
        np.array([place[data.labels[row]] for row in kept], np.intp),
        np.array([data.stands_for[row] for row in kept], np.float64),
        cut,
        answers.classes,
    )
    against, unusable = _against(champion, evidence, data, kept, place)
    margins = margins_of(item_type, plan, champion)
    compared = None
    if against is not None and len(kept) >= margins.enough:
        compared = confidences.compare(against, evidence, margins)
    verdict = gate.judge(
        against, evidence, margins, speed=answers.speed, replay=answers.replay, automation=compared
    )
    written = report.write(
        evidence,
        against,
        items=[str(data.items[row]) for row in kept],
        speed=answers.speed,
        replay=answers.replay,
        automation=compared,
    )
    return Judged(_metrics(evidence, margins.threshold), verdict, champion, unusable, written)


def doubt(judged: Judged, champion: ModelVersion | None) -> str:
    """Return why the verdict is not enough to replace the champion of this moment, or nothing."""
    if judged.unusable:
        return judged.unusable
    if champion == judged.champion:
        return ""
    return (
        f"Meanwhile {champion or 'no model'} is in force; it was judged against {judged.champion or 'none'}."
    )


def verdict(judged: Judged, doubt: str) -> dict[str, Any]:
    """Return what `ModelVersion.verdict` keeps, a doubt before all other reasons."""
    reasons = [*judged.verdict.reasons]
    if doubt:
        # The gate was shown no champion, which does not mean that there is none.
        reasons = [doubt, *(reason.removeprefix("no champion yet: ") for reason in reasons)]
    compared = judged.champion and not judged.unusable
    return {
        "promote": judged.verdict.promote,
        "better": judged.verdict.better,
        "reasons": reasons,
        "against": str(judged.champion) if compared else None,
    }


def store(version: ModelVersion, metrics: Sequence[Metric]) -> None:
    """Store a model's numbers."""
    Evaluation.objects.bulk_create(
        Evaluation(
            model_version=version,
            metric=one.name,
            slice=one.slice,
            value=one.value,
            low=one.low,
            high=one.high,
            n=one.n,
        )
        for one in metrics
    )


def margins_of(item_type: ItemType, plan: LearningPlan, champion: ModelVersion | None) -> Margins:
    """Return what the gate insists on for an item type: its plan, and the error target if it has one."""
    wanted = certifying.goal(item_type)
    return Margins(
        overall=plan.margin_overall,
        slice=plan.margin_slice,
        must_be_better=plan.must_be_better,
        ece=plan.most_ece,
        milliseconds=plan.most_milliseconds,
        threshold=_threshold(item_type, champion),
        target=Target(wanted["alpha"], wanted["delta"], wanted["of"]) if wanted else None,
    )


def _against(
    champion: ModelVersion | None,
    evidence: Evidence,
    data: Labelled,
    kept: Sequence[int],
    place: dict[str, int],
) -> tuple[Evidence | None, str]:
    """Return the champion's evidence on the same rows, or None and why it can't be compared with."""
    if champion is None:
        return None, ""
    try:
        if champion.trainer == Trainer.EXTERNAL:
            rival = sheets.compared(champion, [data.items[row] for row in kept], evidence.classes)
        else:
            rival = columns(champion, [data.payloads[row] for row in kept], place)
    except registry.ModelUnusable as error:
        log.error("the champion can't be compared with: %s", error)
        return None, f"{champion} is in force but can't be compared with. {error}"
    return Evidence(rival, evidence.labels, evidence.weights, evidence.slices, evidence.classes), ""


def columns(version: ModelVersion, payloads: Sequence[dict[str, Any]], place: dict[str, int]) -> np.ndarray:
    """Return one of our own models' probabilities, each class in its `place`; raises ModelUnusable.

    A class that the model does not know has probability 0. A payload that it can't read counts as unknown
    to it: all its probabilities are equal.
    """
    model = serving.loaded(version)
    said, kept = reading.rows(model.predict_proba, payloads)
    result = np.zeros((len(payloads), len(place)))
    shared = [(column, place[name]) for column, name in enumerate(model.classes) if name in place]
    unread = np.setdiff1d(np.arange(len(payloads)), kept)
    result[unread] = 1 / len(place)
    for theirs, ours in shared:
        result[kept, ours] = said[:, theirs]
    return result


def _usable(champion: ModelVersion | None) -> Model | None:
    """Return the champion's model where this server has it and can read it."""
    if champion is None or champion.trainer == Trainer.EXTERNAL:
        return None
    try:
        return serving.loaded(champion)
    except registry.ModelUnusable:
        return None


def _threshold(item_type: ItemType, champion: ModelVersion | None) -> float:
    """Return the confidence from which the policy in force automates the champion's answers.

    While nothing is proven of the champion, or nothing is published, it is the typed one: a yardstick.
    """
    policy = policies.newest(item_type)
    if policy is None:
        return item_type.auto_approve
    pure = policies.pure(policy)
    automatic, _ = pure.auto_threshold((), str(champion) if champion else "")
    if math.isinf(automatic):
        automatic = pure.thresholds.auto_approve
    return 1.0 if automatic is None else automatic


def _metrics(evidence: Evidence, threshold: float) -> list[Metric]:
    count = len(evidence.labels)
    if not count:
        return []
    found = evaluation.measure(
        evidence.probabilities,
        evidence.labels,
        classes=evidence.classes,
        weights=evidence.weights,
        slices=evidence.slices,
    )
    share, right = evaluation.automation(evidence.probabilities, evidence.labels, threshold, evidence.weights)
    found.append(Metric("automation", evaluation.ALL, share, None, None, count))
    if right is not None:
        found.append(Metric("automated_accuracy", evaluation.ALL, right, None, None, count))
    return found
