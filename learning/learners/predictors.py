"""Trained models as plain arrays: what serves them needs numpy alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from string import ascii_lowercase, digits
from typing import Any, ClassVar, Self

import numpy as np

Arrays = dict[str, np.ndarray]
UNSEEN = 0.01  # of a forest's probability, spread evenly: what no leaf has seen is not impossible
CHUNK = 5_000  # rows that a forest reads at once
BELOW = 2.0  # by how much the bias of a class without labels lies under the least of the others


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return exp(logits) divided by its sum per row, without overflow."""
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponents / exponents.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Lift:
    """Random Fourier features: sqrt(2/m)·cos(x·directions + phases) approximates an RBF kernel.

    (Rahimi and Recht 2007.) `directions` (d, m) and `phases` (m,).
    """

    directions: np.ndarray
    phases: np.ndarray

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Return (n, m) float32."""
        lifted = np.cos(rows @ self.directions + self.phases)
        return lifted * np.float32(np.sqrt(2 / len(self.phases)))


@dataclass(frozen=True)
class LinearPredictor:
    """softmax(x·weights + bias), `weights` (d, classes); x is lifted first where there is a lift."""

    kind: ClassVar[str] = "linear"
    weights: np.ndarray
    bias: np.ndarray
    lift: Lift | None = None

    def logits(self, rows: Any) -> np.ndarray:
        """Return (n, classes) for rows (n, d), an array or CSR."""
        return (self.lift(rows) if self.lift else rows) @ self.weights + self.bias

    def state(self) -> Arrays:
        """Return the arrays of `from_state`."""
        arrays = {"weights": self.weights, "bias": self.bias}
        if self.lift:
            arrays |= {"directions": self.lift.directions, "phases": self.lift.phases}
        return arrays

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the predictor that gave these arrays."""
        lift = Lift(arrays["directions"], arrays["phases"]) if "directions" in arrays else None
        return cls(arrays["weights"], arrays["bias"], lift)

    def widened(self, places: Sequence[int | None]) -> Self:
        """Return the same predictor with its classes in other columns; None is a class new to it."""
        return replace(self, weights=_widen(self.weights, places), bias=_widen_bias(self.bias, places))


@dataclass(frozen=True)
class MlpPredictor:
    """Layers of x·weights + bias with max(0, ·) between them; a softmax closes."""

    kind: ClassVar[str] = "mlp"
    layers: tuple[tuple[np.ndarray, np.ndarray], ...]

    def logits(self, rows: np.ndarray) -> np.ndarray:
        """Return (n, classes) for rows (n, d)."""
        for weights, bias in self.layers[:-1]:
            rows = np.maximum(rows @ weights + bias, 0)
        weights, bias = self.layers[-1]
        return rows @ weights + bias

    def state(self) -> Arrays:
        """Return the arrays of `from_state`."""
        return {
            f"{name}{i}": array
            for i, layer in enumerate(self.layers)
            for name, array in zip(("weights", "bias"), layer, strict=True)
        }

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the predictor that gave these arrays."""
        return cls(tuple((arrays[f"weights{i}"], arrays[f"bias{i}"]) for i in range(len(arrays) // 2)))

    def widened(self, places: Sequence[int | None]) -> Self:
        """Return the same predictor with its classes in other columns; None is a class new to it."""
        *hidden, (weights, bias) = self.layers
        return replace(self, layers=(*hidden, (_widen(weights, places), _widen_bias(bias, places))))


@dataclass(frozen=True)
class ForestPredictor:
    """The mean of many decision trees, whose nodes lie in one row: (nodes,) arrays.

    At a node a row goes `left` where its column `feature` is at most `threshold`, else `right`; a leaf leads
    to itself. `roots` (trees,) are where to begin. `leaf` tells each leaf's row in the table of what it says,
    kept as `starts`, `columns`, `shares` (CSR, `classes` wide) as most leaves know one class only.
    """

    kind: ClassVar[str] = "forest"
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    leaf: np.ndarray
    roots: np.ndarray
    starts: np.ndarray
    columns: np.ndarray
    shares: np.ndarray
    classes: np.ndarray  # its number alone: arrays are what is stored

    def logits(self, rows: np.ndarray) -> np.ndarray:
        """Return log-probabilities (n, classes) for rows (n, d)."""
        from scipy.sparse import csr_matrix

        leaves, classes = len(self.starts) - 1, int(self.classes[0])
        said = csr_matrix((self.shares, self.columns, self.starts), (leaves, classes))
        found = np.empty((len(rows), classes))
        for first in range(0, len(rows), CHUNK):
            reached = self._reached(rows[first : first + CHUNK])
            ends = np.arange(0, reached.size + 1, len(self.roots))
            each = np.full(reached.size, 1 / len(self.roots))
            votes = csr_matrix((each, reached.ravel(), ends), (len(reached), leaves))
            found[first : first + CHUNK] = (votes @ said).toarray()
        return np.log((1 - UNSEEN) * found + UNSEEN / classes)

    def _reached(self, rows: np.ndarray) -> np.ndarray:
        """Return which leaf of the table each row (n, d) reaches in each tree, (n, trees)."""
        node = np.tile(self.roots, (len(rows), 1))
        place = np.arange(len(rows))[:, None]
        while (self.left[node] != node).any():
            lower = rows[place, self.feature[node]] <= self.threshold[node]
            node = np.where(lower, self.left[node], self.right[node])
        return self.leaf[node]

    def state(self) -> Arrays:
        """Return the arrays of `from_state`."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the predictor that gave these arrays."""
        return cls(**arrays)


@dataclass(frozen=True)
class EnsemblePredictor:
    """Several predictors of one kind, whose probabilities are averaged; one `lift` where all share it."""

    kind: ClassVar[str] = "ensemble"
    parts: tuple[Any, ...]
    lift: Lift | None = None

    @classmethod
    def of(cls, members: Sequence[Any]) -> Self:
        """Return the members as one; a lift that they share is kept and computed once."""
        lift = getattr(members[0], "lift", None)
        if lift is None or any(one.lift is not lift for one in members):
            return cls(tuple(members))
        return cls(tuple(replace(one, lift=None) for one in members), lift)

    @property
    def members(self) -> list[Any]:
        """Return the predictors, each of which can stand alone."""
        return [replace(one, lift=self.lift) if self.lift else one for one in self.parts]

    def logits(self, rows: Any) -> np.ndarray:
        """Return the logarithm of the mean probability, (n, classes), for rows (n, d)."""
        rows = self.lift(rows) if self.lift else rows
        total = sum(softmax(np.asarray(one.logits(rows), np.float64)) for one in self.parts)
        return np.log(np.maximum(total / len(self.parts), 1e-12))

    def state(self) -> Arrays:
        """Return the arrays of `from_state`."""
        arrays = {
            f"{one.kind}{place}.{name}": array
            for place, one in enumerate(self.parts)
            for name, array in one.state().items()
        }
        return arrays | ({"lift": self.lift.directions, "phases": self.lift.phases} if self.lift else {})

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the predictor that gave these arrays."""
        inside: dict[str, Arrays] = {}
        for name, array in arrays.items():
            part, dot, own = name.partition(".")
            if dot:
                inside.setdefault(part, {})[own] = array
        inside = dict(sorted(inside.items(), key=lambda pair: int(pair[0].lstrip(ascii_lowercase))))
        parts = [PREDICTORS[name.rstrip(digits)].from_state(own) for name, own in inside.items()]
        lift = Lift(arrays["lift"], arrays["phases"]) if "lift" in arrays else None
        return cls(tuple(parts), lift)


def _widen(weights: np.ndarray, places: Sequence[int | None]) -> np.ndarray:
    wide = np.zeros((len(weights), len(places)), np.float32)
    for column, place in enumerate(places):
        if place is not None:
            wide[:, column] = weights[:, place]
    return wide


def _widen_bias(bias: np.ndarray, places: Sequence[int | None]) -> np.ndarray:
    """A class without labels so far begins below all others."""
    known = [bias[place] for place in places if place is not None]
    lowest = min(known, default=0.0) - BELOW
    return np.array([lowest if place is None else bias[place] for place in places], np.float32)


Predictor = LinearPredictor | MlpPredictor | ForestPredictor | EnsemblePredictor
PREDICTORS: Mapping[str, type] = {
    one.kind: one for one in (LinearPredictor, MlpPredictor, ForestPredictor, EnsemblePredictor)
}
