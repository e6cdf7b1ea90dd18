"""Scores of a large pool, piece by piece: by the models and labels there are, or by what clients sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from django.db.models import QuerySet

from learning import dataset, sampling
from learning.asking import ranking, sent
from learning.asking.goals import Part
from learning.asking.grounds import Grounds
from learning.asking.ranking import DRAWN, Ranked
from learning.models import ModelVersion
from routing.models import Item, ItemType

WEAK = "weak."
BY_LABELS = frozenset({"distance", "errors", "pseudo_loss", "hard_negatives", "rare"})
PROBE = 50  # items by which is seen what there is to score by
Draw = np.random.Generator


class Scorer(Protocol):
    """What scores a pool: `keeps` says which lists it makes and how long each may become."""

    keeps: dict[str, int]
    basis: str

    def read(self, items: QuerySet[Item], rng: Draw) -> tuple[dict[str, Ranked], int]:
        """Return the best of these items by list, and how many of them could be read."""


@dataclass(frozen=True)
class BySent:
    """Ranks by what clients sent along."""

    item_type: ItemType
    strategy: str
    keeps: dict[str, int]
    basis: str

    def read(self, items: QuerySet[Item], rng: Draw) -> tuple[dict[str, Ranked], int]:
        """Return the best of the items that have what the strategy goes by."""
        found = sent.scored(self.item_type, self.strategy, items.order_by("pk").iterator(dataset.CHUNK))
        scores = {self.strategy: np.array(found.values, np.float32), DRAWN: rng.random(len(found.ids))}
        lists = {name: ranking.ranked(found.ids, values) for name, values in scores.items()}
        return {name: one.most(self.keeps[name], rng) for name, one in lists.items()}, len(found.ids)


@dataclass(frozen=True)
class ByModel:
    """Ranks by the scores of the parts' strategies."""

    grounds: Grounds
    keeps: dict[str, int]
    basis: str

    def read(self, items: QuerySet[Item], rng: Draw) -> tuple[dict[str, Ranked], int]:
        """Return the best of the items that can be read; memory does not grow with their number."""
        lists, count = {name: Ranked() for name in self.keeps}, 0
        rows = items.order_by("pk").values_list("pk", "payload", "context")
        for chunk in dataset.chunks(rows.iterator(chunk_size=dataset.CHUNK)):
            for name, found in self._piece(chunk, rng).items():
                lists[name] = lists[name].joined([found]).most(self.keeps[name], rng)
                count += len(found.ids) if name == DRAWN else 0
        return lists, count

    def _piece(self, rows: Sequence[tuple[UUID, dict, dict]], rng: Draw) -> dict[str, Ranked]:
        needed = {name.removeprefix(WEAK) for name in self.keeps}
        payloads = self.grounds.recall([row[0] for row in rows], [row[1] for row in rows])
        arrays, kept = self.grounds.arrays(payloads, embeddings=bool(needed & BY_LABELS - {"rare"}))
        if arrays is None:
            return {}
        ids = [rows[place][0] for place in kept]
        scores = {name: _score(name, arrays, rng) for name in needed}
        weak = np.flatnonzero(self.grounds.held([rows[place] for place in kept], arrays))
        found = {}
        for name in self.keeps:
            among = weak if name.startswith(WEAK) else np.arange(len(ids))
            values = scores[name.removeprefix(WEAK)][among]
            found[name] = ranking.ranked([ids[place] for place in among], values)
        return found


def by_sent(item_type: ItemType, strategy: str, most: int) -> BySent:
    """Return what ranks by the strategy's score of what clients sent."""
    return BySent(item_type, strategy, ranking.kept([strategy], most), _digest(strategy, most))


def by_model(
    grounds: Grounds, champion: ModelVersion | None, given: Sequence[Part], waiting: QuerySet[Item], most: int
) -> ByModel:
    """Return what ranks for these parts of a pick, by what there is to go by at this moment."""
    newest = list(waiting.order_by("-pk").values_list("pk", "payload")[: dataset.CHUNK])
    probe = grounds.recall([pk for pk, _ in newest], [payload for _, payload in newest])
    grounds = grounds.settle(probe)
    arrays, _ = grounds.arrays(probe[:PROBE])
    names = dict.fromkeys(_list(part, grounds) for part in given)
    lists = [name for name in names if _has(name.removeprefix(WEAK), arrays)]
    basis: list[Any] = [sorted(lists), most, champion and champion.pk, grounds.weak and grounds.weak.name]
    if any(name.removeprefix(WEAK) in BY_LABELS for name in lists):
        basis.append(grounds.sha256)
    return ByModel(grounds, ranking.kept(lists, most), _digest(*basis))


def _list(part: Part, grounds: Grounds) -> str:
    name = ranking.NARROWED_BY.get(part.strategy, part.strategy)
    name = name if name in sampling.SCORES else DRAWN
    return f"{WEAK}{name}" if part.weak and grounds.weak else name


def _has(name: str, arrays: sampling.Pool | None) -> bool:
    """Return whether there is what the score goes by, as a few items show."""
    if arrays is None or name == DRAWN:
        return name == DRAWN
    try:
        _score(name, arrays, np.random.default_rng(0))
    except sampling.Lacking:
        return False
    return True


def _score(name: str, arrays: sampling.Pool, rng: Draw) -> np.ndarray:
    return rng.random(arrays.size) if name == DRAWN else sampling.SCORES[name](arrays, rng)


def _digest(*facts: Any) -> str:
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
