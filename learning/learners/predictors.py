"""Trained models as plain arrays: what serves them needs numpy alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

Arrays = dict[str, np.ndarray]


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


PREDICTORS: Mapping[str, type] = {p.kind: p for p in (LinearPredictor, MlpPredictor)}
