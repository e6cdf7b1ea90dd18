"""Feature vectors: arrays of numbers, centred and brought to one scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from learning.encoders.payload import EncodeError, read

MANY = 16  # columns, from which on they may be pixels or an embedding
FURTHEST = 10.0  # standard deviations; one absurd number must not outweigh all others


@dataclass(frozen=True)
class FeatureEncoder:
    """Reads `features`; `mean` and `scale` are (d,) float32."""

    name: ClassVar[str] = "features"
    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(cls, payloads: Sequence[Mapping[str, Any]]) -> Self:
        """Return the encoder that gives these payloads mean 0 and variance about 1."""
        return cls(*standard(matrix(payloads)))

    def encode(self, payloads: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Return (n, d) float32; EncodeError where a vector has another length or a number is not finite."""
        rows = matrix(payloads, len(self.mean))
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
        scale = np.full(rows.shape[1], np.sqrt(np.square(deviation[varies]).mean()))
    return mean.astype(np.float32), scale.astype(np.float32)


def matrix(payloads: Sequence[Mapping[str, Any]], width: int | None = None) -> np.ndarray:
    """Return the payloads' `features` as float64 (n, width); the first sets the width where none is given."""
    vectors = read(payloads, "features", _vector)
    width = width if width is not None else len(vectors[0])
    for place, vector in enumerate(vectors):
        if len(vector) != width:
            raise EncodeError(f"payload {place} has {len(vector)} features instead of {width}")
    return np.stack(vectors) if vectors else np.empty((0, width))


def _vector(value: Any) -> np.ndarray:
    vector = np.array(value, np.float64)
    if vector.ndim != 1 or not len(vector) or not np.abs(vector).max() < 1e30:
        raise ValueError("it must be a list of finite numbers")
    return vector
