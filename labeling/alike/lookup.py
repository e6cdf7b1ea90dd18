"""A search among sketches that costs the same however many there have ever been."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from labeling.alike.sketches import FEATURES, SIZE, Sketch, Vector

Key = TypeVar("Key", bound=Hashable)

FEWEST = 20  # rows from which on a column's mean and scale say something


@dataclass
class Lookup(Generic[Key]):
    """The newest `most` sketches of one form by their keys; one more takes the place of the oldest."""

    form: str
    most: int
    _rows: Vector = field(default_factory=lambda: np.zeros((0, SIZE), np.float32))
    _keys: list[Key] = field(default_factory=list)
    _place: dict[Key, int] = field(default_factory=dict)
    _next: int = 0
    _scaled: tuple[Vector, Vector, Vector] | None = None

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: Key, sketch: Sketch) -> None:
        """Keep a sketch; a key that is known keeps its place."""
        place = self._place.get(key)
        if place is None:
            place = self._take(key)
        self._rows[place] = sketch.vector
        self._scaled = None

    def nearest(self, sketch: Sketch, count: int, without: Collection[Key] = ()) -> list[tuple[Key, float]]:
        """Return up to `count` keys with the cosine of their sketches, the most alike first."""
        if not self._keys or sketch.form != self.form or count < 1:
            return []
        likeness = self._likeness(sketch.vector)
        for key in without:
            if key in self._place:
                likeness[self._place[key]] = -np.inf
        count = min(count, len(self._keys))
        best = np.argpartition(-likeness, count - 1)[:count]
        best = best[np.argsort(-likeness[best], kind="stable")]
        return [(self._keys[i], float(likeness[i])) for i in best if np.isfinite(likeness[i])]

    def _take(self, key: Key) -> int:
        if len(self._keys) < self.most:
            place = len(self._keys)
            self._keys.append(key)
            if place == len(self._rows):
                more = np.zeros((min(max(2 * place, 64), self.most) - place, SIZE), np.float32)
                self._rows = np.concatenate([self._rows, more])
        else:
            place, self._next = self._next, (self._next + 1) % self.most
            del self._place[self._keys[place]]
            self._keys[place] = key
        self._place[key] = place
        return place

    def _likeness(self, vector: Vector) -> Vector:
        if self.form != FEATURES:
            return self._rows[: len(self._keys)] @ vector
        mean, scale, rows = self._on_one_scale()
        return rows @ standardised(vector[None, :], mean, scale)[0]

    def _on_one_scale(self) -> tuple[Vector, Vector, Vector]:
        """Features come in units of their own: each is measured by how far it varies among the rows."""
        if self._scaled is None:
            rows = self._rows[: len(self._keys)]
            mean, scale = np.zeros(SIZE, np.float32), np.ones(SIZE, np.float32)
            if len(rows) >= FEWEST:
                mean, scale = rows.mean(axis=0), rows.std(axis=0)
                scale[scale < 1e-6] = 1.0
            self._scaled = mean, scale, standardised(rows, mean, scale)
        return self._scaled


def standardised(rows: Vector, mean: Vector, scale: Vector) -> Vector:
    """Return rows of length 1 whose dot products tell how alike features are, (n, d + 1).

    The column of ones lets vectors in the same direction but of unlike size differ.
    """
    moved = np.concatenate([(rows - mean) / scale, np.ones((len(rows), 1), np.float32)], axis=1)
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)
