"""How strange a payload is: how far it lies from what was labelled, against how far that lies apart.

The distance to the nearest neighbour is compared with the leave-one-out distances of the labelled payloads:
conformal anomaly detection (Laxhammar and Falkman 2010). Of payloads like the labelled ones about the share
1 - limit comes out above a limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

MOST = 5_000  # payloads kept
NUMBERS = 4_000_000  # kept in all, so that wide rows don't make a file of hundreds of megabytes
FEWEST = 20
CHUNK = 1_000

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Reference:
    """Labelled payloads to compare with: `rows` (m, d) float32, an array or CSR; `apart` (m,) rising.

    `apart` holds how far each of them lies from its nearest among the others.
    """

    rows: Any
    apart: np.ndarray

    def strangeness(self, rows: Any) -> np.ndarray:
        """Return, for rows (n, d), the share of labelled payloads that lie nearer to each other: (n,).

        It is (how many are nearer) / (m + 1), so that few labels can't prove anything strange.
        """
        smaller = np.searchsorted(self.apart, _nearest(rows, *self._among), side="left")
        return smaller / (len(self.apart) + 1)

    @cached_property
    def _among(self) -> tuple[np.ndarray, Any]:
        return _sought(self.rows)

    def state(self) -> Arrays:
        """Return the arrays of `from_state`."""
        if isinstance(self.rows, np.ndarray):
            return {"rows": self.rows, "apart": self.apart}
        parts = {"data": self.rows.data, "indices": self.rows.indices, "ends": self.rows.indptr}
        return parts | {"apart": self.apart, "shape": np.array(self.rows.shape, np.int64)}

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray]) -> Reference:
        """Return the reference that gave these arrays."""
        if "rows" in arrays:
            return cls(arrays["rows"], arrays["apart"])
        from scipy.sparse import csr_matrix

        parts = (arrays["data"], arrays["indices"], arrays["ends"])
        return cls(csr_matrix(parts, shape=tuple(arrays["shape"].tolist())), arrays["apart"])


def refer(rows: Any, seed: int = 0) -> Reference | None:
    """Return what to compare with, from the labelled payloads' rows (n, d); None where there are too few.

    At most MOST are kept, drawn evenly: the labelled payloads must stay what new ones are compared with.
    """
    count, width = rows.shape
    if count < FEWEST:
        return None
    numbers = width if isinstance(rows, np.ndarray) else rows.nnz / count
    keep = min(count, MOST, max(FEWEST, int(NUMBERS / max(numbers, 1))))
    drawn = np.sort(np.random.default_rng(seed).choice(count, keep, replace=False))
    kept = rows[drawn]
    return Reference(kept, np.sort(_nearest(kept, *_sought(kept), others=True)).astype(np.float32))


def _sought(among: Any) -> tuple[np.ndarray, Any]:
    """Squared norms (m,) and the transpose (d, m), ready to be multiplied: turning it takes long."""
    across = among.T if isinstance(among, np.ndarray) else among.T.tocsr()
    return _squares(among), across


def _nearest(rows: Any, norms: np.ndarray, across: Any, *, others: bool = False) -> np.ndarray:
    """Return each row's distance to the nearest of those sought, (n,) float32; `others`: to another one."""
    lengths = _squares(rows)
    found = np.empty(rows.shape[0], np.float32)
    for start in range(0, rows.shape[0], CHUNK):
        product = rows[start : start + CHUNK] @ across
        near = norms - 2 * (product if isinstance(product, np.ndarray) else product.toarray())
        if others:
            place = np.arange(len(near))
            near[place, start + place] = np.inf
        found[start : start + CHUNK] = near.min(axis=1) + lengths[start : start + CHUNK]
    return np.sqrt(np.maximum(found, 0))


def _squares(rows: Any) -> np.ndarray:
    if isinstance(rows, np.ndarray):
        return np.einsum("ij,ij->i", rows, rows)
    return np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
