"""Which of many that are alike to choose: alike to what is asked, unlike one another, none twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

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


def close(vectors: Vector, above: float) -> Iterator[tuple[int, int, float]]:
    """Yield the places i < j of rows (n, d) of length 1 whose cosine lies above a bound, and the cosine."""
    for start in range(0, len(vectors), CHUNK):
        table = vectors[start : start + CHUNK] @ vectors[start:].T
        rows, columns = np.nonzero(np.triu(table, 1) > above)
        found = table[rows, columns].tolist()
        yield from zip((rows + start).tolist(), (columns + start).tolist(), found, strict=True)


def groups(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the places that pairs connect, each group rising."""
    leader: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for a, b in pairs:
        one, other = leader.setdefault(a, a), leader.setdefault(b, b)
        joined = members.setdefault(one, [one])
        if one != other:
            moved = members.pop(other, [other])
            joined += moved
            leader.update(dict.fromkeys(moved, one))
    return [sorted(found) for found in members.values()]
