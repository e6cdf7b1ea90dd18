"""One training run: labels → data → model → numbers → verdict → registry, and perhaps into force."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from threadpoolctl import threadpool_limits

from learning import dataset, plans, reading, registry, runs, serving
from learning.dataset import Labelled
from learning.judging import evaluation, gate
from learning.judging.evaluation import Metric
from learning.judging.gate import Evidence, GateVerdict, Margins
from learning.learners import artifacts, training
from learning.learners.artifacts import Model
from learning.learners.strangeness import refer
from learning.models import Evaluation, LearningPlan, ModelVersion, TrainingRun
from learning.registry import AUTHOR
from routing import policies
from routing.models import ItemType

log = logging.getLogger(__name__)
State = ModelVersion.Status


@dataclass(frozen=True)
class Judged:
    """A model that was measured: its numbers, what the gate says, and which champion there was then.

    `unusable` says why the champion could not be compared with; then only a person may promote.
    """

    model: Model
    metrics: list[Metric]
    verdict: GateVerdict
    champion: ModelVersion | None
    unusable: str = ""


def retrain(item_type: ItemType, *, trigger: str) -> TrainingRun | None:
    """Train, judge and register one model; return the finished run, or None where one is already at work.

    With too few labels the run ends as done and says so. Whatever happens before the last step leaves nothing
    but the run's row: model, numbers, verdict and promotion are written in one transaction. Raises
    Unlearnable.
    """
    plan = plans.of(item_type)
    with runs.recorded(TrainingRun, item_type, trigger=trigger, learner=plan.learner) as run:
        if run is None:
            return None
        runs.say(run, "reading labels")
        data = dataset.load(item_type)
        facts = {
            "labels_used": len(data.train),
            "labels_held_out": len(data.held_out),
            "last_label": data.newest,
            "dataset_sha256": data.sha256,
        }
        runs.say(run, f"training on {len(data.train)} labels")
        try:
            model = fit(item_type, plan, data.train)
        except training.TooFewLabels as few:
            runs.finish(run, f"nothing to train yet: {few}", **facts)
            return run
        runs.say(run, f"judging by {len(data.held_out)} held-out labels")
        judged = judge(item_type, plan, model, data.held_out)
        with transaction.atomic():
            _register(run, plan, judged, facts)
        return run


def fit(item_type: ItemType, plan: LearningPlan, data: Labelled) -> Model:
    """Return a model of the plan's learner fitted to the labels; raises TooFewLabels.

    Calibration weighs each label by what it stands for: what people were asked about was chosen to be hard.
    """
    if not data.payloads:
        raise training.TooFewLabels("there are no labels")
    encoder, kept = reading.fit(data.payloads)
    if len(kept) < len(data):
        log.warning("%s: %d labelled payloads can't be read", item_type.slug, len(data) - len(kept))
    payloads = [data.payloads[place] for place in kept]
    dense = plan.learner in training.DENSE
    # Threads of BLAS wait for one another by spinning: on a busy machine that made a fit 35 times slower.
    with threadpool_limits(1, user_api="blas"):
        rows = encoder.encode(payloads)
        fitted = training.fit(
            plan.learner,
            encoder.embed(payloads) if dense else rows,
            [data.labels[place] for place in kept],
            np.array([data.weights[place] for place in kept]),
            classes=item_type.labels,
            calibration_weights=np.array([data.stands_for[place] for place in kept]),
            device=settings.HITL_DEVICE,
        )
        reference = refer(rows)
    return Model(
        encoder, fitted.predictor, fitted.calibration, fitted.classes, fitted.learner, dense, reference
    )


def judge(item_type: ItemType, plan: LearningPlan, model: Model, data: Labelled) -> Judged:
    """Return how the model does on the held-out labels, alone and against the champion on the same ones."""
    champion = registry.champion(item_type)
    margins = Margins(
        overall=plan.margin_overall, slice=plan.margin_slice, threshold=_threshold(item_type, champion)
    )
    probabilities, kept = reading.rows(model.predict_proba, data.payloads)
    place = {name: column for column, name in enumerate(model.classes)}
    labels = np.array([place[data.labels[row]] for row in kept], np.intp)
    weights = np.array([data.stands_for[row] for row in kept])
    evidence = Evidence(probabilities, labels, weights, classes=model.classes)
    against, unusable = None, ""
    if champion:
        try:
            rival = _rival(champion, [data.payloads[row] for row in kept], place)
            against = Evidence(rival, labels, weights, classes=model.classes)
        except registry.ModelUnusable as error:
            log.error("the champion can't be compared with: %s", error)
            unusable = f"{champion} is in force but can't be compared with. {error}"
    verdict = gate.judge(against, evidence, margins)
    metrics = []
    if len(labels):
        metrics = evaluation.measure(probabilities, labels, classes=model.classes, weights=weights)
        metrics += _automation(evidence, margins.threshold)
    return Judged(model, metrics, verdict, champion, unusable)


def _rival(champion: ModelVersion, payloads: list[dict[str, Any]], place: dict[str, int]) -> np.ndarray:
    """Return the champion's probabilities in the new model's columns; raises ModelUnusable.

    A class that the champion does not know has probability 0. A payload that it can't read counts as unknown
    to it: all its probabilities are equal.
    """
    model = serving.loaded(champion)
    said, kept = reading.rows(model.predict_proba, payloads)
    result = np.zeros((len(payloads), len(place)))
    shared = [(column, place[name]) for column, name in enumerate(model.classes) if name in place]
    unread = np.setdiff1d(np.arange(len(payloads)), kept)
    result[unread] = 1 / len(place)
    for theirs, ours in shared:
        result[kept, ours] = said[:, theirs]
    return result


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


def _automation(evidence: Evidence, threshold: float) -> list[Metric]:
    share, right = evaluation.automation(evidence.probabilities, evidence.labels, threshold, evidence.weights)
    count = len(evidence.labels)
    found = [Metric("automation", evaluation.ALL, share, None, None, count)]
    if right is not None:
        found.append(Metric("automated_accuracy", evaluation.ALL, right, None, None, count))
    return found


def _register(run: TrainingRun, plan: LearningPlan, judged: Judged, facts: dict[str, Any]) -> None:
    """Write everything that the run found, and promote where gate and plan say so and no doubt is left."""
    passed, artifact = judged.verdict.promote, artifacts.save(judged.model)
    doubt = _doubt(judged, registry.settled_champion(run.item_type))
    reasons = [doubt, *map(_without_claim, judged.verdict.reasons)] if doubt else [*judged.verdict.reasons]
    version = registry.add(
        run.item_type,
        artifact,
        learner=judged.model.learner,
        encoder=judged.model.encoder.name,
        labels_used=facts["labels_used"],
        status=State.CHALLENGER if passed else State.REFUSED,
        verdict={
            "promote": passed,
            "reasons": reasons,
            "against": str(judged.champion) if judged.champion and not judged.unusable else None,
        },
        parent=judged.champion,
        run=run,
    )
    _store(version, judged.metrics)
    said = f"{version} passed the gate" if passed else f"{version} was refused by the gate"
    if passed and doubt:
        said = f"{version} waits to be promoted by hand"
    elif passed and plan.auto_promote:
        registry.promote(version, reason=reasons[0], by=AUTHOR)
        said = f"{version} was promoted"
    runs.finish(run, f"{said}: {reasons[0]}", **facts)


def _doubt(judged: Judged, champion: ModelVersion | None) -> str:
    """Return why the verdict is not enough to replace the champion of this moment, or nothing."""
    if judged.unusable:
        return judged.unusable
    if champion == judged.champion:
        return ""
    return (
        f"Meanwhile {champion or 'no model'} is in force; it was judged against {judged.champion or 'none'}."
    )


def _without_claim(reason: str) -> str:
    # The gate was shown no champion, which does not mean that there is none.
    return reason.removeprefix("no champion yet: ")


def _store(version: ModelVersion, metrics: list[Metric]) -> None:
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
