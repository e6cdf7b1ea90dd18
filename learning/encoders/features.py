"""Feature vectors: arrays of numbers, each of its own unit."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from learning.encoders.payload import EncodeError, read
from learning.encoders.standard import Standardised


class FeatureEncoder(Standardised):
    """Reads `features`."""

    name: ClassVar[str] = "features"

    @classmethod
    def vectors(cls, payloads: Sequence[Mapping[str, Any]], width: int | None = None) -> np.ndarray:
        """Return the features as float64 (n, width)."""
        return matrix(payloads, cls.name, width, np.float64)


def matrix(
    payloads: Sequence[Mapping[str, Any]], field: str, width: int | None, kind: type[np.floating]
) -> np.ndarray:
    """Return the payloads' lists of numbers as (n, width); the first sets the width where none is given.

    Raises EncodeError where one has another length or a number is not finite.
    """
    vectors = [vector.astype(kind) for vector in read(payloads, field, _vector)]
    width = width if width is not None else len(vectors[0])
    for place, vector in enumerate(vectors):
        if len(vector) != width:
            raise EncodeError(f"has {len(vector)} numbers in {field} instead of {width}", place)
    return np.stack(vectors) if vectors else np.empty((0, width), kind)


def _vector(value: Any) -> np.ndarray:
    vector = np.array(value, np.float64)
    if vector.ndim != 1 or not len(vector) or not np.abs(vector).max() < 1e30:
        raise ValueError("it must be a list of numbers below 1e30")
    return vector
