"""What a pick goes by besides the pool itself: the champion, its committee, and what is labelled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from learning import dataset, embeddings, reading, sampling, serving
from learning.asking import committees
from learning.asking.goals import Weak, weak
from learning.dataset import Labelled
from learning.judging.evaluation import Metric
from learning.models import LearningPlan, ModelVersion

if TYPE_CHECKING:
    from learning.learners.artifacts import Model

MOST = 20_000  # labelled items that a pick is held against: the newest
Payloads = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Grounds:
    """The models, the champion first; the labels as rows of a pool; and the slice that does worst.

    `labelled` is a pool's part of what is labelled, None until `settle` knows how payloads become numbers.
    """

    plan: LearningPlan
    models: Sequence[Model]
    data: Labelled
    sha256: str
    weak: Weak | None = None
    embed: Callable[[Payloads], np.ndarray] | None = None
    labelled: dict[str, np.ndarray] | None = None

    @property
    def classes(self) -> Sequence[str]:
        """Return the champion's classes, in the order of its probabilities; empty without one."""
        return self.models[0].classes if self.models else ()

    def settle(self, payloads: Payloads) -> Grounds:
        """Return the grounds with what is labelled embedded: as the champion does, or fitted to both."""
        recent = self.recall(self.data.items[-MOST:], self.data.payloads[-MOST:])
        embed = self.models[0].embed if self.models else self._fitted([*recent, *payloads])
        known, kept = reading.rows(embed, recent) if recent else (reading.rows(embed, payloads)[0][:0], [])
        column = {name: place for place, name in enumerate(self.classes)}
        labels, wrong = self.data.labels[-MOST:], self.data.wrong[-MOST:]
        labelled = {"labelled": known, "wrong": np.array([wrong[place] for place in kept])}
        if self.models:
            labelled["labels"] = np.array([column.get(labels[place], -1) for place in kept], np.intp)
        return replace(self, embed=embed, labelled=labelled)

    def recall(self, items: Sequence[UUID], payloads: Payloads) -> list[dict[str, Any]]:
        """Return the payloads with what slow encoders made of these items before."""
        ours = [model.encoder.name for model in self.models]
        return embeddings.remember(ours or embeddings.needed(self.plan, payloads, None), items, payloads)

    def _fitted(self, payloads: Payloads) -> Callable[[Payloads], np.ndarray]:
        return reading.fit(payloads, self.plan.encoder, self.plan.item_type.kind)[0].embed

    def arrays(
        self, payloads: Payloads, *, embeddings: bool = True
    ) -> tuple[sampling.Pool | None, list[int]]:
        """Return the payloads that can be read as a pool, None where none can, and their places."""
        kept, rows, said = list(range(len(payloads))), None, None
        if embeddings or not self.models:
            rows, kept = reading.rows(self.embed, payloads)
        if self.models:
            first, read = reading.rows(self.models[0].predict_proba, [payloads[place] for place in kept])
            kept = [kept[place] for place in read]
            rows = None if rows is None else rows[read]
            others = [_beside(model, first, [payloads[place] for place in kept]) for model in self.models[1:]]
            said = np.stack([first, *others])
        if not kept:
            return None, []
        found = sampling.Pool(
            probabilities=None if said is None else said[0],
            embeddings=rows,
            members=said if said is not None and len(said) > 1 else None,
            **(self.labelled or {}),
        )
        return found, kept

    def held(self, rows: Sequence[tuple[Any, dict, dict]], arrays: sampling.Pool) -> np.ndarray:
        """Return which of the rows (id, payload, context) belong to the slice that does worst, bool (n,)."""
        if self.weak is None:
            return np.zeros(len(rows), bool)
        _, payloads, contexts = zip(*rows, strict=True)
        return self.weak.holds(payloads, contexts, arrays.probabilities, self.classes)


def of(plan: LearningPlan, champion: ModelVersion | None, strategies: Collection[str]) -> Grounds:
    """Return what these strategies go by; raises Unlearnable for a kind that nothing here can learn."""
    data = dataset.load(plan.item_type)
    models = [serving.loaded(champion)] if champion else []
    if champion and committees.STRATEGIES & set(strategies):
        models += committees.members(champion)
    weakest = _weak(champion, models[0].classes) if champion else None
    return Grounds(plan, models, data.train, data.sha256, weakest)


def _beside(model: Model, champion: np.ndarray, payloads: Payloads) -> np.ndarray:
    """Return what a member of the committee says; of what it can't read, the same as the champion."""
    said = champion.copy()
    found, kept = reading.rows(model.predict_proba, payloads)
    said[kept] = found
    return said


def _weak(champion: ModelVersion, classes: Sequence[str]) -> Weak | None:
    rows = champion.evaluations.filter(metric__in=["accuracy", "recall"])
    measured = [Metric(row.metric, row.slice, row.value, row.low, row.high, row.n) for row in rows]
    return weak(measured, classes)
