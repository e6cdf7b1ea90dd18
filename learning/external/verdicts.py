"""The same gate for models that were trained elsewhere: their exam judged as our own models are."""

from __future__ import annotations

import numpy as np
from django.db import transaction

from learning import dataset, examining, moves, plans, registry, succession
from learning.examining import Answers
from learning.external import sheets
from learning.models import ModelVersion
from learning.registry import State


def judge(version: ModelVersion) -> str:
    """Judge the model by its answers to held-out items and give it its next place; return what came of it.

    Safe to run twice. How fast it is and what it would change can't be measured here.
    """
    item_type = version.item_type
    plan, data, classes = plans.of(item_type), dataset.load(item_type).held_out, dataset.classes(item_type)
    said = sheets.read(version, data.items, classes)
    kept = np.flatnonzero(~np.isnan(said[:, 0])).tolist()
    judged = examining.judge(item_type, plan, Answers(tuple(classes), said[kept], kept), data)
    with transaction.atomic():
        doubt = examining.doubt(judged, registry.settled_champion(item_type))
        version = ModelVersion.objects.select_related("item_type").get(pk=version.pk)
        if version.status != State.EXAM:
            return f"{version} was judged already"
        verdict = examining.verdict(judged, doubt)
        moves.end_exam(version, verdict, judged.report)
        examining.store(version, judged.metrics)
        if not verdict["promote"]:
            return f"{version} was refused by the gate: {verdict['reasons'][0]}"
        return succession.admit(version, plan, reason=verdict["reasons"][0], doubt=doubt)
