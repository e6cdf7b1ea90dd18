"""One training run: labels → data → model → numbers → verdict → registry, and perhaps into force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from learning import dataset, plans, registry, runs, serving
from learning.dataset import Dataset, Labelled
from learning.models import Evaluation, ModelVersion, TrainingRun
from routing.models import ItemType

State = ModelVersion.Status
AUTHOR = "system:learning"


def retrain(item_type: ItemType, *, trigger: str) -> TrainingRun | None:
    """Train, judge and register one model; return the finished run, or None where one is already at work.

    With too few labels the run ends as done and says so. Whatever happens before the last step leaves nothing
    but the run's row: model, numbers, verdict and promotion are written in one transaction.
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
        _train(run, plan, data, facts)
        return run
