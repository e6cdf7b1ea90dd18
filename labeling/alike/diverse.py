"""Which of many that are alike to choose: alike to what is asked, unlike one another, none twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labeling.alike.sketches import Vector

RELEVANCE = 0.7
TWIN = 0.97  # cosine above which two say the same in almost the same words
CHUNK = 500


def spread(likeness: Vector, vectors: Vector, count: int) -> list[int]:
    """Return up to `count` places, the best first, of candidates that are alike to a query and diverse.

    `likeness` (n,) is their cosine with the query, `vectors` (n, d) have length 1. Maximal marginal relevance
    (Carbonell and Goldstein 1998) with λ = RELEVANCE; of twins only the one most alike to the query is left.
    """
    among = vectors @ vectors.T
    nearest = np.zeros(len(likeness), np.float32)
    left = np.ones(len(likeness), bool)
    chosen: list[int] = []
    while left.any() and len(chosen) < count:
        worth = np.where(left, RELEVANCE * likeness - (1 - RELEVANCE) * nearest, -np.inf)
        best = int(worth.argmax())
        chosen.append(best)
        left &= among[best] <= TWIN
        left[best] = False
        nearest = np.maximum(nearest, among[best])
    return sorted(chosen, key=lambda i: -likeness[i])


def twins(vectors: Vector) -> Iterator[tuple[int, int]]:
    """Yield the places (i, j), i < j, of rows (n, d) of length 1 whose cosine is above TWIN."""
    for start in range(0, len(vectors), CHUNK):
        table = vectors[start : start + CHUNK] @ vectors[start:].T
        rows, columns = np.nonzero(np.triu(table, 1) > TWIN)
        yield from zip((rows + start).tolist(), (columns + start).tolist(), strict=True)


def groups(pairs: NDArray[np.int64] | list[tuple[int, int]]) -> list[list[int]]:
    """Return the places that pairs connect, each group rising."""
    leader: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for a, b in pairs:
        one, other = leader.setdefault(int(a), int(a)), leader.setdefault(int(b), int(b))
        joined = members.setdefault(one, [one])
        if one != other:
            moved = members.pop(other, [other])
            joined += moved
            leader.update(dict.fromkeys(moved, one))
    return [sorted(found) for found in members.values()]
