"""What to label next: the pool read into arrays, a strategy's picks and a random share, as items again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from learning import dataset, reading, sampling, serving
from learning.asking import committees, pool, sent
from learning.dataset import Labelled
from learning.models import LearningPlan, ModelVersion
from learning.sampling.uncertainty import margin_scores
from routing.models import Item, ItemType, Priority, Status

LARGEST = 20_000  # items of the pool, and labelled ones, that one run looks at: the newest
FALLBACK = "adaptive"  # needs nothing but payloads: without a model it picks what is typical


@dataclass(frozen=True)
class Pick:
    """One item to ask people about: by which arm, how useful (0 to 1), why, drawn with which chance."""

    item: Item
    arm: str
    utility: float
    reason: str
    inclusion: float = 1.0
    score: float | None = None
    predicted: str | None = None
    confidence: float | None = None
    uncertainty: float | None = None

    @property
    def priority(self) -> Priority:
        """A client waits for a pending item; nobody waits for one of the pool."""
        return Priority.NORMAL if self.item.status == Status.PENDING_AI else Priority.LOW


@dataclass(frozen=True)
class Chosen:
    """What a run picked, by which strategy, from how many; `note` says why not by the plan's."""

    picks: list[Pick]
    strategy: str
    total: int
    note: str = ""


@dataclass(frozen=True)
class Pool:
    """The waiting items as arrays: row i of each is `ids[i]`, and what is said of them without a model."""

    ids: list[UUID]
    arrays: sampling.Pool
    classes: Sequence[str] = ()
    said: Sequence[dict[str, Any]] = ()


class Row(NamedTuple):
    """One row of the pool that was picked: by which arm, why, with which chance, and the strategy's score."""

    place: int
    arm: str
    why: str
    inclusion: float
    score: float | None = None


def choose(
    item_type: ItemType, plan: LearningPlan, champion: ModelVersion | None, *, rng: np.random.Generator
) -> Chosen:
    """Return up to `plan.batch_size` picks, `plan.random_share` of them drawn at random from the whole pool.

    Where what the plan's strategy goes by is still to come, such as a model or labels, FALLBACK picks and the
    note says why. Raises sent.Unsuited where it goes by what clients send and they don't, and Unlearnable
    for a kind that nothing here can learn.
    """
    total = pool.learnable(item_type).count()
    if plan.strategy in sent.SOURCES:
        sent.check(item_type, plan.strategy)
        data = Labelled()
        read = _read_sent(item_type, plan.strategy) if total else None
    else:
        data = dataset.load(item_type).train
        read = _read(item_type, champion, data, plan.strategy) if total else None
    if read is None:
        return Chosen([], plan.strategy, 0)
    size = min(plan.batch_size, len(read.ids))
    by_chance = rng.choice(len(read.ids), round(size * plan.random_share), replace=False)
    rest = np.setdiff1d(np.arange(len(read.ids)), by_chance)
    options = sampling.Options(spent=len(data) / (len(data) + total))
    given = (read.arrays.rows(rest), size - len(by_chance))
    strategy, note = plan.strategy, ""
    try:
        picked = sampling.pick(strategy, *given, rng=rng, options=options)
    except sampling.Lacking as lacking:
        strategy, note = FALLBACK, f"{FALLBACK} in place of {strategy}: {lacking}"
        picked = sampling.pick(strategy, *given, rng=rng, options=options)
    best = zip(rest[picked.indices], picked.reasons, picked.scores, strict=True)
    rows = [Row(int(row), "strategy", why, 1.0, float(score)) for row, why, score in best]
    rows += [Row(int(row), "random", "drawn at random", len(by_chance) / len(read.ids)) for row in by_chance]
    return Chosen(_picks(read, rows), strategy, total, note)


def _read(item_type: ItemType, champion: ModelVersion | None, data: Labelled, strategy: str) -> Pool:
    """Read the pool in chunks: only arrays are kept, whatever the size of a payload."""
    waiting = pool.learnable(item_type).order_by("-pk").values_list("pk", "payload")[:LARGEST]
    labelled = data.payloads[-LARGEST:]
    models = [serving.loaded(champion)] if champion else []
    if champion and strategy in committees.STRATEGIES:
        models += committees.snapshots(champion)
    embed = models[0].embed if models else None
    ids: list[UUID] = []
    embeddings: list[np.ndarray] = []
    members: list[list[np.ndarray]] = [[] for _ in models]
    for chunk in dataset.chunks(waiting.iterator(chunk_size=dataset.CHUNK)):
        payloads = [payload for _, payload in chunk]
        embed = embed or reading.fit([*labelled, *payloads])[0].embed
        rows, kept = reading.rows(embed, payloads)
        ids += [chunk[place][0] for place in kept]
        embeddings.append(rows)
        for model, said in zip(models, members, strict=True):
            said.append(model.predict_proba([payloads[place] for place in kept]))
    known, kept = reading.rows(embed, labelled) if labelled else (embeddings[0][:0], [])
    joined = [np.concatenate(said) for said in members]
    classes = models[0].classes if models else ()
    column = {name: place for place, name in enumerate(classes)}
    labels, wrong = data.labels[-LARGEST:], data.wrong[-LARGEST:]
    arrays = sampling.Pool(
        probabilities=joined[0] if joined else None,
        embeddings=np.concatenate(embeddings),
        labelled=known,
        members=np.stack(joined) if len(joined) > 1 else None,
        labels=np.array([column.get(labels[place], -1) for place in kept], np.intp) if models else None,
        wrong=np.array([wrong[place] for place in kept]),
    )
    return Pool(ids, arrays, classes)


def _read_sent(item_type: ItemType, strategy: str) -> Pool:
    """Read what clients sent of the waiting items that have what the strategy goes by."""
    waiting = pool.learnable(item_type).order_by("-pk")[:LARGEST]
    found = sent.read(item_type, strategy, waiting)
    return Pool(found.ids, sampling.Pool(given=found.scores, embeddings=found.embeddings), said=found.said)


def _picks(read: Pool, rows: Sequence[Row]) -> list[Pick]:
    """Return the rows of the pool as picks, both arms mixed evenly by utility: neither is answered first."""
    items = Item.objects.in_bulk([read.ids[row.place] for row in rows])
    counts = Counter(row.arm for row in rows)
    seen = dict.fromkeys(counts, 0)
    picks = []
    for place, arm, why, inclusion, score in rows:
        utility = 1 - seen[arm] / counts[arm]
        picks.append(Pick(items[read.ids[place]], arm, utility, why, inclusion, score, **_said(read, place)))
        seen[arm] += 1
    return picks


def _said(read: Pool, place: int) -> dict[str, Any]:
    """Return what is predicted of one row: by the champion, or as the client sent it."""
    if read.said:
        return read.said[place]
    if read.arrays.probabilities is None:
        return {}
    probabilities = read.arrays.probabilities[place]
    best = int(probabilities.argmax())
    return {
        "predicted": read.classes[best],
        "confidence": float(probabilities[best]),
        "uncertainty": float(margin_scores(probabilities[None])[0]),
    }
