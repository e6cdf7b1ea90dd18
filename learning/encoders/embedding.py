"""Embeddings that clients send: what a model of theirs makes of the item."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from learning.encoders.features import matrix
from learning.encoders.standard import Standardised, one_scale


class EmbeddingEncoder(Standardised):
    """Reads `embedding`, of which only the direction counts, as for the models that make such vectors.

    All columns share one scale.
    """

    name: ClassVar[str] = "embedding"

    @classmethod
    def vectors(cls, payloads: Sequence[Mapping[str, Any]], width: int | None = None) -> np.ndarray:
        """Return the embeddings as float32 (n, width), each of length 1 (or 0 for nothing but zeros)."""
        return direction(matrix(payloads, cls.name, width, np.float32))

    @classmethod
    def fit(cls, payloads: Sequence[Mapping[str, Any]]) -> Self:
        """Return the encoder that gives these payloads mean 0 and variance about 1."""
        return cls(*one_scale(cls.vectors(payloads)))


def direction(rows: np.ndarray) -> np.ndarray:
    """Return the rows (n, d) brought to length 1, of any size; a row of zeros stays one."""
    most = np.abs(rows).max(axis=1, keepdims=True, initial=0)
    rows = rows / np.where(most > 0, most, 1)  # their squares could be too large or small for a float32
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def compact(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload with its embedding as float32: in a list each number takes eight times the room."""
    sent = payload.get(EmbeddingEncoder.name)
    if not sent:
        return payload
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused when it is read
        return payload | {EmbeddingEncoder.name: np.array(sent, np.float32)}
