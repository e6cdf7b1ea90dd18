"""Images in data URIs: small, grey and with a hint of their colours, on one scale."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from labeling.alike.pixels import COUNT, pixels
from learning.encoders import remembered
from learning.encoders.payload import read
from learning.encoders.standard import Standardised


class ImageEncoder(Standardised):
    """Reads `image`: 16x16 grey values, then 4x4 colours, 304 numbers."""

    name: ClassVar[str] = "image"

    @classmethod
    def version(cls) -> str:
        """Return by what name its vectors are kept; another one as soon as `pixels` gives other numbers."""
        return "image:1"

    @classmethod
    def vectors(cls, payloads: Sequence[Mapping[str, Any]], width: int | None = None) -> np.ndarray:
        """Return (n, 304) float32; EncodeError where an image is no data URI or can't be decoded."""
        return remembered.vectors(cls.version(), payloads, _pixels)


def is_data_uri(value: Any) -> bool:
    """Return whether it holds the picture itself, and does not say where it is."""
    return isinstance(value, str) and value[:5].lower() == "data:"


def _pixels(payloads: Sequence[Mapping[str, Any]]) -> np.ndarray:
    rows = read(payloads, "image", pixels)
    return np.stack(rows) if rows else np.empty((0, COUNT))
