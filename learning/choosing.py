"""What to label next: the pool read into arrays, a strategy's picks and a random share, as items again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from learning import dataset, pool, reading, sampling, serving
from learning.models import LearningPlan, ModelVersion
from learning.sampling.uncertainty import margin_scores
from routing.models import Item, ItemType, Priority, Status

LARGEST = 20_000  # items of the pool, and labelled ones, that one run looks at: the newest
# Without a model there is no doubt to go by: the adaptive strategy then picks what is typical.
WITHOUT_MODEL = {"adaptive", "k_center", "random"}


@dataclass(frozen=True)
class Pick:
    """One item to ask people about: by which arm, how useful (0 to 1), why, drawn with which chance."""

    item: Item
    arm: str
    utility: float
    reason: str
    inclusion: float = 1.0
    predicted: str | None = None
    confidence: float | None = None
    uncertainty: float | None = None

    @property
    def priority(self) -> Priority:
        """A client waits for a pending item; nobody waits for one of the pool."""
        return Priority.NORMAL if self.item.status == Status.PENDING_AI else Priority.LOW


@dataclass(frozen=True)
class Chosen:
    """What a run picked, by which strategy, from how many."""

    picks: list[Pick]
    strategy: str
    total: int


@dataclass(frozen=True)
class Pool:
    """The waiting items as arrays: row i of each is `ids[i]`; probabilities are None without a model."""

    ids: list[UUID]
    embeddings: np.ndarray
    probabilities: np.ndarray | None
    labelled: np.ndarray
    classes: Sequence[str]


class Row(NamedTuple):
    """One row of the pool that was picked: by which arm, why, and with which chance."""

    place: int
    arm: str
    why: str
    inclusion: float


def choose(
    item_type: ItemType, plan: LearningPlan, champion: ModelVersion | None, *, rng: np.random.Generator
) -> Chosen:
    """Return up to `plan.batch_size` picks, `plan.random_share` of them drawn at random from the whole pool.

    Raises Unlearnable for a kind that nothing here can learn.
    """
    data = dataset.load(item_type)
    total = pool.learnable(item_type).count()
    strategy = plan.strategy if champion or plan.strategy in WITHOUT_MODEL else "adaptive"
    if not total:
        return Chosen([], strategy, 0)
    read = _read(item_type, champion, data.train.payloads[-LARGEST:])
    size = min(plan.batch_size, len(read.ids))
    by_chance = rng.choice(len(read.ids), round(size * plan.random_share), replace=False)
    rest = np.setdiff1d(np.arange(len(read.ids)), by_chance)
    probabilities = None if read.probabilities is None else read.probabilities[rest]
    picked = sampling.pick(
        strategy,
        sampling.Pool(probabilities, read.embeddings[rest], read.labelled),
        size - len(by_chance),
        rng=rng,
        options=sampling.Options(spent=len(data.train) / (len(data.train) + total)),
    )
    rows = [
        Row(int(row), "strategy", why, 1.0)
        for row, why in zip(rest[picked.indices], picked.reasons, strict=True)
    ]
    rows += [Row(int(row), "random", "drawn at random", len(by_chance) / len(read.ids)) for row in by_chance]
    return Chosen(_picks(read, rows), strategy, total)


def _read(item_type: ItemType, champion: ModelVersion | None, labelled: Sequence[dict[str, Any]]) -> Pool:
    """Read the pool in chunks: only arrays are kept, whatever the size of a payload."""
    waiting = pool.learnable(item_type).order_by("-pk").values_list("pk", "payload")[:LARGEST]
    model = serving.loaded(champion) if champion else None
    embed = model.embed if model else None
    ids: list[UUID] = []
    embeddings, probabilities = [], []
    for chunk in dataset.chunks(waiting.iterator(chunk_size=dataset.CHUNK)):
        payloads = [payload for _, payload in chunk]
        embed = embed or reading.fit([*labelled, *payloads])[0].embed
        rows, kept = reading.rows(embed, payloads)
        ids += [chunk[place][0] for place in kept]
        embeddings.append(rows)
        if model:
            probabilities.append(model.predict_proba([payloads[place] for place in kept]))
    return Pool(
        ids=ids,
        embeddings=np.concatenate(embeddings),
        probabilities=np.concatenate(probabilities) if model else None,
        labelled=reading.rows(embed, labelled)[0] if labelled else embeddings[0][:0],
        classes=model.classes if model else (),
    )


def _picks(read: Pool, rows: Sequence[Row]) -> list[Pick]:
    """Return the rows of the pool as picks, both arms mixed evenly by utility: neither is answered first."""
    items = Item.objects.in_bulk([read.ids[row.place] for row in rows])
    counts = Counter(row.arm for row in rows)
    seen = dict.fromkeys(counts, 0)
    picks = []
    for place, arm, why, inclusion in rows:
        said = {} if read.probabilities is None else _said(read.probabilities[place], read.classes)
        utility = 1 - seen[arm] / counts[arm]
        picks.append(Pick(items[read.ids[place]], arm, utility, why, inclusion, **said))
        seen[arm] += 1
    return picks


def _said(probabilities: np.ndarray, classes: Sequence[str]) -> dict[str, Any]:
    best = int(probabilities.argmax())
    return {
        "predicted": classes[best],
        "confidence": float(probabilities[best]),
        "uncertainty": float(margin_scores(probabilities[None])[0]),
    }
