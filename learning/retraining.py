"""One training run: labels → data → model → numbers → verdict → registry, and perhaps into force."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from threadpoolctl import threadpool_limits

from learning import (
    dataset,
    embeddings,
    examining,
    plans,
    reading,
    registry,
    runs,
    succession,
    updating,
    weighing,
)
from learning.dataset import Labelled
from learning.encoders import PAIRS
from learning.examining import Judged
from learning.learners import artifacts, catalogue, training, tuning, twins
from learning.learners.artifacts import Model
from learning.learners.strangeness import refer
from learning.learners.tuning import Earlier
from learning.models import LearningPlan, ModelVersion, TrainingRun, Update
from learning.updating import Start
from routing.models import ItemType

log = logging.getLogger(__name__)
State = ModelVersion.Status


def retrain(item_type: ItemType, *, trigger: str) -> TrainingRun | None:
    """Train, judge and register one model; return the ended run, or None where one is already at work.

    With too few labels the run ends as done and says so, and one that somebody cancels as cancelled. Whatever
    happens before the last step leaves nothing but the run's row: model, numbers, verdict and promotion are
    written in one transaction. Raises Unlearnable.
    """
    plan = plans.of(item_type)
    with runs.recorded(TrainingRun, item_type, trigger=trigger, learner=plan.learner) as run:
        if run is None:
            return None
        runs.say(run, "reading labels", 0.0)
        data = dataset.load(item_type)
        facts = {
            "labels_used": len(data.train),
            "labels_held_out": len(data.held_out),
            "last_label": data.newest,
            "dataset_sha256": data.sha256,
        }
        _remember(plan, data)
        start = updating.begin(item_type, plan, data.train)
        runs.say(run, f"training on {len(data.train)} labels, {start.said}", 0.1)
        try:
            model = fit(item_type, plan, start)
        except training.TooFewLabels as few:
            runs.finish(run, f"nothing to train yet: {few}", **facts)
            return run
        runs.say(run, f"judging by {len(data.held_out)} held-out labels", 0.7)
        judged = judge(item_type, plan, model, data.held_out)
        with transaction.atomic():
            _register(run, plan, model, judged, facts)
    return run


def _remember(plan: LearningPlan, data: dataset.Dataset) -> None:
    """Have at hand what slow encoders make of the items, the new model's and the champion's."""
    wanted = embeddings.needed(plan, data.train.payloads, registry.champion(plan.item_type))
    for part in (data.train, data.held_out):
        part.payloads = embeddings.remember(wanted, part.items, part.payloads)


def fit(item_type: ItemType, plan: LearningPlan, start: Start) -> Model:
    """Return the model fitted from scratch or tuned, as `start` says; raises TooFewLabels.

    Calibration weighs each label by what it stands for: what people were asked about was chosen to be hard.
    """
    data = start.data
    if not data.payloads:
        raise training.TooFewLabels("there are no labels")
    if start.model:
        encoder = start.model.encoder
        kept = reading.rows(encoder.encode, data.payloads)[1]
    else:
        encoder, kept = reading.fit(data.payloads, plan.encoder, item_type.kind)
    if len(kept) < len(data):
        log.warning("%s: %d labelled payloads can't be read", item_type.slug, len(data) - len(kept))
    payloads = [data.payloads[place] for place in kept]
    # Threads of BLAS wait for one another by spinning: on a busy machine that made a fit 35 times slower.
    with threadpool_limits(1, user_api="blas"):
        rows = encoder.encode(payloads)
        dense = catalogue.find(plan.learner, settings.HITL_LEARNERS).dense
        inputs = encoder.embed(payloads) if dense else rows
        if encoder.name in PAIRS:
            rows = twins.both(rows)
        fitted = _fitted(item_type, plan, start, inputs, kept, pairs=encoder.name in PAIRS)
        reference = refer(rows)
    tuned = start.model.tuned + 1 if start.model else 0
    made = (fitted.predictor, fitted.calibration, fitted.classes, fitted.learner, dense, reference)
    return Model(encoder, *made, fitted.setting, tuned)


def _fitted(
    item_type: ItemType, plan: LearningPlan, start: Start, inputs: Any, kept: list[int], *, pairs: bool
) -> training.Fitted:
    """Return what the plan's learner makes of the inputs (n, d), which are of the labels `kept`."""
    data = start.data
    labels = [data.labels[place] for place in kept]
    counts = np.array(data.weights)[kept] * weighing.newness(data.times, plan.half_life_days)[kept]
    stands_for = np.array(data.stands_for)[kept]
    new = None if start.new is None else start.new[kept]
    if pairs:
        inputs, labels, counts, stands_for = twins.lesson(inputs, labels, counts, stands_for)
        new = None if new is None else np.tile(new, 2)
    given = {
        "classes": dataset.classes(item_type),
        "calibration_weights": stands_for,
        "device": settings.HITL_DEVICE,
        "twins": pairs,
    }
    if start.model:
        earlier = Earlier(start.model.predictor, start.model.calibration, start.model.classes)
        recipe = tuning.DISTILLED if plan.update == Update.DISTIL else tuning.DEFAULT
        given |= {"new": new, "earlier": earlier, "recipe": recipe}
        return tuning.tune(plan.learner, inputs, labels, counts, **given)
    own = settings.HITL_LEARNERS
    return training.fit(plan.learner, inputs, labels, counts, ensemble=plan.ensemble, own=own, **given)


def judge(item_type: ItemType, plan: LearningPlan, model: Model, data: Labelled) -> Judged:
    """Return how the model does on the held-out labels, alone and against the champion on the same ones."""
    return examining.judge(item_type, plan, examining.ask(item_type, model, data), data)


def _register(
    run: TrainingRun, plan: LearningPlan, model: Model, judged: Judged, facts: dict[str, Any]
) -> None:
    """Write everything that the run found, and give a model that passed the gate its next place."""
    passed, artifact = judged.verdict.promote, artifacts.save(model)
    doubt = examining.doubt(judged, registry.settled_champion(run.item_type))
    verdict = examining.verdict(judged, doubt)
    version = registry.add(
        run.item_type,
        artifact,
        learner=model.learner,
        encoder=model.encoder.name,
        labels_used=facts["labels_used"],
        status=State.CHALLENGER if passed else State.REFUSED,
        verdict=verdict,
        report=judged.report | {"setting": model.setting},
        parent=judged.champion,
        run=run,
    )
    examining.store(version, judged.metrics)
    said = f"{version} was refused by the gate"
    if passed:
        said = succession.admit(version, plan, reason=verdict["reasons"][0], doubt=doubt)
    runs.finish(run, f"{said}: {verdict['reasons'][0]}", **facts)
