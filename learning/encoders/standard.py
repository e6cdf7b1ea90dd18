"""Dense numbers, centred and brought to one scale: what encoders of vectors share."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

MANY = 16  # columns, from which on they may be pixels or an embedding
FURTHEST = 10.0  # standard deviations; one absurd number must not outweigh all others


@dataclass(frozen=True)
class Standardised(ABC):
    """What a subclass reads of each payload, standardised; `mean` and `scale` are (d,) float32."""

    name: ClassVar[str]
    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    @abstractmethod
    def vectors(cls, payloads: Sequence[Mapping[str, Any]], width: int | None = None) -> np.ndarray:
        """Return what is read of the payloads, (n, width); EncodeError where one can't be read."""

    @classmethod
    def fit(cls, payloads: Sequence[Mapping[str, Any]]) -> Self:
        """Return the encoder that gives these payloads mean 0 and variance about 1."""
        return cls(*standard(cls.vectors(payloads)))

    @classmethod
    def columns(cls, payload: Mapping[str, Any]) -> int:
        """Return how many numbers this payload has; EncodeError where it can't be read."""
        return cls.vectors([payload]).shape[1]

    def encode(self, payloads: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Return (n, d) float32; EncodeError where a payload can't be read or has another length."""
        rows = self.vectors(payloads, len(self.mean))
        return np.clip((rows - self.mean) / self.scale, -FURTHEST, FURTHEST).astype(np.float32)

    embed = encode

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return the arrays and values of `from_state`."""
        return {"mean": self.mean, "scale": self.scale}, {}

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray], values: Mapping[str, Any]) -> Self:
        """Return the encoder that gave this state."""
        return cls(arrays["mean"], arrays["scale"])


def standard(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the scale of each column, (d,) float32 each; a constant column has scale 1.

    Columns of one unit (pixels, an embedding) share one scale: bringing a border pixel that is nearly always
    blank to variance 1 would turn its noise into the loudest signal. They are taken for such where there
    are many and three quarters of them reach half of the greatest magnitude.
    """
    mean, deviation = rows.mean(axis=0), rows.std(axis=0)
    varies = deviation > 1e-6 * np.maximum(np.abs(mean), 1e-12)
    scale = np.where(varies, deviation, 1.0)
    reach = np.abs(rows).max(axis=0)
    alike = reach[varies] >= 0.5 * reach.max()
    if len(alike) >= MANY and alike.mean() >= 0.75:
        scale = one_scale(rows)[1]
    return mean.astype(np.float32), scale.astype(np.float32)


def one_scale(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of each column and the scale that all share, (d,) float32 each."""
    mean, deviation = rows.mean(axis=0), rows.std(axis=0)
    varies = deviation > 1e-6 * np.maximum(np.abs(mean), 1e-12)
    scale = np.sqrt(np.square(deviation[varies]).mean()) if varies.any() else 1.0
    return mean.astype(np.float32), np.full(rows.shape[1], scale, np.float32)
