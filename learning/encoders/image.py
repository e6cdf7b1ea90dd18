"""Images in data URIs: small, grey and with a hint of their colours, on one scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from labeling.alike.pixels import COUNT, pixels
from learning.encoders.features import standard
from learning.encoders.payload import read


@dataclass(frozen=True)
class ImageEncoder:
    """Reads `image`; `mean` and `scale` are (304,) float32: 16x16 grey values, then 4x4 colours."""

    name: ClassVar[str] = "image"
    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(cls, payloads: Sequence[Mapping[str, Any]]) -> Self:
        """Return the encoder that gives these payloads mean 0 and variance about 1."""
        return cls(*standard(_matrix(payloads)))

    def encode(self, payloads: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Return (n, 304) float32; EncodeError where an image is no data URI or can't be decoded."""
        return ((_matrix(payloads) - self.mean) / self.scale).astype(np.float32)

    embed = encode

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return the arrays and values of `from_state`."""
        return {"mean": self.mean, "scale": self.scale}, {}

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray], values: Mapping[str, Any]) -> Self:
        """Return the encoder that gave this state."""
        return cls(arrays["mean"], arrays["scale"])


def _matrix(payloads: Sequence[Mapping[str, Any]]) -> np.ndarray:
    rows = read(payloads, "image", pixels)
    return np.stack(rows) if rows else np.empty((0, COUNT))
