"""Text: hashed words, word pairs and letter groups, weighed by rarity; and a dense embedding of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from labeling.alike.tokens import HASH_BITS, LETTERS, hashes
from learning.encoders.payload import read, text

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BITS = 15
COLUMNS = 1 << BITS
EMBEDDING = 64
LONGEST = 100_000  # characters of a text that are read


@dataclass(frozen=True)
class TextEncoder:
    """Reads `text`; `idf` is (2^15,) float32, `axes` (2^15, d) float32 the directions of the embedding."""

    name: ClassVar[str] = "text"
    idf: np.ndarray
    axes: np.ndarray = field(repr=False)

    @classmethod
    def fit(cls, payloads: Sequence[Mapping[str, Any]]) -> Self:
        """Return the encoder whose rarities and embedding axes come from these payloads.

        idf = log((1 + n) / (1 + document frequency)) + 1; axes by truncated SVD, that is latent semantic
        analysis (Deerwester et al. 1990; Halko, Martinsson and Tropp 2011 for the randomised algorithm).
        """
        from sklearn.utils.extmath import randomized_svd

        counts = _counts(payloads)
        frequency = np.bincount(counts.indices, minlength=COLUMNS)
        idf = (np.log((1 + counts.shape[0]) / (1 + frequency)) + 1).astype(np.float32)
        rank = min(EMBEDDING, counts.shape[0])
        _, _, axes = randomized_svd(_weigh(counts, idf), rank, n_iter=4, random_state=0)
        return cls(idf, np.ascontiguousarray(axes.T, np.float32))

    @classmethod
    def columns(cls, payload: Mapping[str, Any]) -> int:
        """Return 2^15; EncodeError where there is no text."""
        read([payload], "text", text)
        return COLUMNS

    def encode(self, payloads: Sequence[Mapping[str, Any]]) -> "csr_matrix":
        """Return CSR (n, 2^15) float32 with rows of length 1 (or 0 for a text without any word)."""
        return _weigh(_counts(payloads), self.idf)

    def embed(self, payloads: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Return (n, d) float32 with rows of length 1, d at most 64."""
        dense = self.encode(payloads) @ self.axes
        return dense / np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), 1e-12)

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return the arrays and values of `from_state`."""
        return {"idf": self.idf, "axes": self.axes}, {"bits": BITS, "letters": list(LETTERS)}

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray], values: Mapping[str, Any]) -> Self:
        """Return the encoder that gave this state; ValueError where it hashed in another way."""
        if values != {"bits": BITS, "letters": list(LETTERS)}:
            raise ValueError(f"the text encoder was fitted with other settings: {dict(values)}")
        return cls(arrays["idf"], arrays["axes"])


def _weigh(counts: "csr_matrix", idf: np.ndarray) -> "csr_matrix":
    weighed = counts.copy()
    weighed.data = (1 + np.log(weighed.data)) * idf[weighed.indices]
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    weighed.data /= np.repeat(np.maximum(lengths, 1e-12), np.diff(weighed.indptr)).astype(np.float32)
    return weighed


def _counts(payloads: Sequence[Mapping[str, Any]]) -> "csr_matrix":
    from scipy.sparse import csr_matrix

    columns, values, ends = [], [], [0]
    for hashed in read(payloads, "text", _hashed):
        found, times = np.unique(hashed, return_counts=True)
        columns.append(found)
        values.append(times)
        ends.append(ends[-1] + len(found))
    shape = (len(columns), COLUMNS)
    if not columns:
        return csr_matrix(shape, dtype=np.float32)
    return csr_matrix((np.concatenate(values).astype(np.float32), np.concatenate(columns), ends), shape=shape)


def _hashed(value: Any) -> np.ndarray:
    return np.array([hashed >> (HASH_BITS - BITS) for hashed in hashes(text(value)[:LONGEST])], np.int32)
