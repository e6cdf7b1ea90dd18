"""The waiting items as arrays: all of a pool, or the shortlist of a large one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import QuerySet

from learning import dataset, sampling
from learning.asking import sent
from learning.asking.grounds import Grounds
from learning.asking.stretches import Shortlist
from learning.models import LearningPlan
from learning.sampling.uncertainty import margin_scores
from routing.models import Item


@dataclass(frozen=True)
class Table:
    """Row i of each is of the item `ids[i]`; `said` is what clients said where no model here predicts.

    `weak` tells the rows of the slice that does worst, empty where none is known.
    """

    ids: Sequence[UUID]
    arrays: sampling.Pool
    weak: np.ndarray
    classes: Sequence[str] = ()
    told: Sequence[dict[str, Any]] = ()

    def said(self, place: int) -> dict[str, Any]:
        """Return what is predicted of one row: by the champion, or as the client sent it."""
        if self.told:
            return self.told[place]
        if self.arrays.probabilities is None:
            return {}
        probabilities = self.arrays.probabilities[place]
        best = int(probabilities.argmax())
        return {
            "predicted": self.classes[best],
            "confidence": float(probabilities[best]),
            "uncertainty": float(margin_scores(probabilities[None])[0]),
        }


def by_model(grounds: Grounds, waiting: QuerySet[Item], short: Shortlist | None) -> Table | None:
    """Read what waits in chunks; only arrays are kept, whatever the size of a payload. None: nothing waits.

    Raises EncodeError where none of it can be read.
    """
    ids: list[UUID] = []
    read: list[sampling.Pool] = []
    weak: list[np.ndarray] = []
    for rows in _rows(waiting, short):
        payloads = grounds.recall([row[0] for row in rows], [row[1] for row in rows])
        grounds = grounds if grounds.labelled else grounds.settle(payloads)
        arrays, kept = grounds.arrays(payloads)
        if arrays is None:
            continue
        ids += [rows[place][0] for place in kept]
        read.append(arrays)
        weak.append(grounds.held([rows[place] for place in kept], arrays))
    if not read:
        return None
    return Table(ids, _joined(read), np.concatenate(weak), grounds.classes)


def by_sent(plan: LearningPlan, waiting: QuerySet[Item], short: Shortlist | None) -> Table | None:
    """Read what clients sent of what waits; None: nothing waits. Raises Unsuited where they sent nothing."""
    items = waiting.filter(pk__in=short.ids) if short else waiting
    if not items.exists():
        return None
    found = sent.read(plan.item_type, plan.strategy, items.order_by("-pk").iterator(dataset.CHUNK))
    arrays = sampling.Pool(given=np.array(found.values, np.float32), embeddings=found.embedded())
    return Table(found.ids, arrays, np.zeros(len(found.ids), bool), told=found.said)


def _rows(
    waiting: QuerySet[Item], short: Shortlist | None
) -> Iterator[list[tuple[UUID, dict[str, Any], dict[str, Any]]]]:
    values = waiting.order_by("-pk").values_list("pk", "payload", "context")
    if short is None:
        yield from dataset.chunks(values.iterator(chunk_size=dataset.CHUNK))
        return
    for some in dataset.chunks(short.ids):
        if rows := list(values.filter(pk__in=some)):  # what was labelled meanwhile is no more among them
            yield rows


def _joined(parts: Sequence[sampling.Pool]) -> sampling.Pool:
    """Return the pieces as one pool; what is labelled is the same in all."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    return sampling.Pool(
        probabilities=None
        if first.probabilities is None
        else np.concatenate([one.probabilities for one in parts]),
        embeddings=np.concatenate([one.embeddings for one in parts]),
        members=None if first.members is None else np.concatenate([one.members for one in parts], axis=1),
        labelled=first.labelled,
        labels=first.labels,
        wrong=first.wrong,
    )
