"""One proof: both arms read, compared by the same learner, and what follows written down."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from django.db import transaction
from threadpoolctl import threadpool_limits

from audit import trail
from learning import dataset, embeddings, plans, reading
from learning.dataset import Dataset
from learning.models import LearningPlan, Proof
from learning.proving import curves, fixed, standing, windows
from learning.proving.curves import Arms, Comparison, Curve
from learning.proving.fixed import Fixed
from learning.proving.standing import Counts
from learning.registry import AUTHOR
from routing.models import ItemType

log = logging.getLogger(__name__)
FEWEST_NEW = 20  # answers that a new proof takes, beside
NEW_SHARE = 0.1  # this share of those that the last one saw
MOST_JUDGES = 5_000  # held-out labels, the newest


def due(plan: LearningPlan) -> str | None:
    """Return why the arms should be compared now, or None: too few labels, too few new ones, no two arms."""
    if plan.strategy == standing.RANDOM or not dataset.learnable(plan.item_type):
        return None
    counts = standing.counts(plan.item_type)
    if counts.missing:
        return None
    last = standing.newest(plan.item_type)
    seen = last.labels_chosen + last.labels_random if last else 0
    fresh = counts.chosen + counts.random - seen
    return f"{fresh} new answers" if fresh >= max(FEWEST_NEW, NEW_SHARE * seen) else None


def prove(item_type: ItemType) -> Proof | None:
    """Compare chosen with random labels and store the proof; None where another was made meanwhile.

    Where fewer labels can be used than were counted, the proof says nothing but that. In the transaction that
    stores it the trail tells when sampling falls back to random, and when it chooses again. Raises
    Unlearnable.
    """
    plan, last = plans.of(item_type), standing.newest(item_type)
    counts = standing.counts(item_type)
    data = dataset.load(item_type)
    arms = _arms(item_type, data)
    found: dict[str, Any] = {"curves": {}}
    if not Counts(len(arms.chosen), len(arms.random), len(data.held_out)).missing:
        with threadpool_limits(1, user_api="blas"):
            found = _compared(plan, arms, data)
    row = Proof(
        item_type=item_type,
        strategy=plan.strategy,
        labels_chosen=counts.chosen,
        labels_random=counts.random,
        labels_held_out=len(data.held_out),
        **found,
    )
    return _stored(row, last)


def _arms(item_type: ItemType, data: Dataset) -> Arms:
    """Return the arms as places in the data to train on; both start from what was labelled before."""
    place = {item: row for row, item in enumerate(data.train.items)}
    answers = standing.asked(item_type).values_list("item_id", "inclusion", "ts")
    drawn = {item: inclusion for item, inclusion, _ in answers}
    asked = [(place[item], inclusion < 1) for item, inclusion in drawn.items() if item in place]
    # The data set's own time is that of an item's latest label, which may be a correction of much later.
    first = min((time for _, _, time in answers), default=None)
    before = [
        row
        for row, (item, time) in enumerate(zip(data.train.items, data.train.times, strict=True))
        if item not in drawn and first and time < first
    ]
    return windows.arms(asked, before)


def _compared(plan: LearningPlan, arms: Arms, data: Dataset) -> dict[str, Any]:
    """Return the fields of a proof that comparing fills; held-out labels count by what they stand for."""
    used, judges = np.concatenate([arms.base, arms.chosen, arms.random]), slice(-MOST_JUDGES, None)
    items, payloads, labels = (
        [*(getattr(data.train, name)[row] for row in used), *getattr(data.held_out, name)[judges]]
        for name in ("items", "payloads", "labels")
    )
    payloads = embeddings.remember(embeddings.needed(plan, payloads, None), items, payloads)
    encoder, _ = reading.fit(payloads, plan.encoder, plan.item_type.kind)
    rows, kept = reading.rows(encoder.encode, payloads)
    names, classes = np.unique(labels, return_inverse=True)
    train, held = [row for row in kept if row < len(used)], [row for row in kept if row >= len(used)]
    arms = _again(arms, np.isin(np.arange(len(used)), train))
    if Counts(len(arms.chosen), len(arms.random), len(held)).missing:
        return {"curves": {}}
    learner = fixed.fix(rows, classes[train], classes[held], len(names))
    stands_for = np.array(data.held_out.stands_for[judges])[np.array(held) - len(used)]
    found = curves.compare(arms, learner.learn, stands_for, rng=np.random.default_rng(0))
    return _fields(found, learner, arms)


def _again(arms: Arms, readable: np.ndarray) -> Arms:
    """Return the arms numbered anew from 0, in the order base, chosen, random, without unreadable rows."""
    ends = np.cumsum([len(arms.base), len(arms.chosen)])
    number = np.cumsum(readable) - 1
    parts = np.split(np.arange(len(readable)), ends)
    return Arms(*(number[part[readable[part]]] for part in parts))


def _fields(found: Comparison, learner: Fixed, arms: Arms) -> dict[str, Any]:
    drawn = {"chosen": _points(found.chosen), "random": _points(found.random)}
    pays, loses = found.low > 1, found.high < 1
    return {
        "curves": drawn | {"learner": str(learner), "base": len(arms.base)},
        "saving": found.saving,
        "low": found.low,
        "high": found.high,
        "verdict": Proof.Verdict.PAYS if pays else Proof.Verdict.LOSES if loses else Proof.Verdict.OPEN,
    }


def _points(curve: Curve) -> list[list[float]]:
    scores = np.stack([curve.score, curve.low, curve.high], axis=1).round(4)
    return [[labels, *row] for labels, row in zip(curve.labels.tolist(), scores.tolist(), strict=True)]


@transaction.atomic
def _stored(row: Proof, last: Proof | None) -> Proof | None:
    """Store the proof, unless another was stored since it was begun: one comparison must not count twice."""
    item_type = ItemType.objects.select_for_update(of=("self",), no_key=True).get(pk=row.item_type_id)
    if standing.newest(item_type) != last:
        return None
    fell = standing.fallen().filter(pk=item_type.pk)
    before = fell.exists()
    row.save(force_insert=True)
    told = {"item_type": item_type.slug, "strategy": row.strategy, "verdict": row.verdict}
    told |= {"saving": row.saving, "low": row.low, "high": row.high}
    trail.record("proof.made", row, by=AUTHOR, **told)
    if fell.exists() != before:
        verb = "sampling.chooses_again" if before else "sampling.fell_back"
        log.warning("%s: %s", item_type.slug, verb)
        trail.record(verb, item_type, by=AUTHOR, proof=row.pk, **told)
    return row
