"""Vectors that slow encoders made before, carried by the payloads that they were made of."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Make = Callable[[Sequence[Mapping[str, Any]]], np.ndarray]


class Remembered(dict):
    """A payload; `vectors` are what slow encoders made of it, float16 (d,), by the encoder's version."""

    __slots__ = ("vectors",)

    def __init__(self, payload: Mapping[str, Any]) -> None:
        super().__init__(payload)
        self.vectors: dict[str, np.ndarray] = dict(getattr(payload, "vectors", {}))


def vectors(version: str, payloads: Sequence[Mapping[str, Any]], make: Make) -> np.ndarray:
    """Return (n, d) float32: what the payloads remember of this version, and what `make` makes of the others.

    What is made is rounded as it would be stored, so that no prediction hangs on whether it was.
    """
    held = [getattr(payload, "vectors", {}).get(version) for payload in payloads]
    missing = [place for place, vector in enumerate(held) if vector is None]
    if not missing and held:
        return np.stack(held).astype(np.float32)
    made = make([payloads[place] for place in missing]).astype(np.float16)
    rows = np.empty((len(payloads), made.shape[1]), np.float16)
    rows[missing] = made
    for place, vector in enumerate(held):
        if vector is not None:
            rows[place] = vector
    return rows.astype(np.float32)
