"""No near-copies within one batch: the second of two teaches what the first has taught."""

from collections.abc import Callable

import numpy as np

from learning.sampling.diversity import checked, nearest, squared_distances
from learning.sampling.pool import Picks, Pool

CLOSE = 0.1  # of the distance that two items of the pool typically have
ROUNDS = 4
SAMPLE = 2048

Strategy = Callable[[Pool, int], Picks]


def distinct(strategy: Strategy, pool: Pool, k: int, rng: np.random.Generator) -> Picks:
    """Return the strategy's `k` picks, near-copies of better ones among them replaced, those last.

    What takes a place is picked by the same strategy from the items that are no near-copy of a pick. Where
    fewer than `k` differ (or after ROUNDS) near-copies fill up. Without embeddings nothing is replaced.
    """
    picks = strategy(pool, k)
    if pool.embeddings is None or k < 2:
        return picks
    limit = _limit(pool, rng)
    keep = _apart(pool.embeddings[picks.indices], limit)
    if keep.all():
        return picks
    kept, spare = _take(picks, keep), _take(picks, ~keep)
    left = np.arange(pool.size)
    for turn in range(1, ROUNDS + 1):
        gaps, _ = nearest(*checked(pool.embeddings[left], pool.embeddings[kept.indices]))
        left = left[(gaps > limit) & ~np.isin(left, spare.indices)]
        missing = k - len(kept.indices)
        if not missing or not len(left):
            break
        # Copies come in groups: more and more is asked for, of which as many as are missing are taken.
        found = strategy(pool.rows(left), min(missing << turn, len(left)))
        keep = _apart(pool.embeddings[left[found.indices]], limit)
        keep &= keep.cumsum() <= missing
        found = Picks(left[found.indices], found.scores, found.reasons)
        kept = _joined(kept, _take(found, keep))
    return _filled(kept, spare, k)


def _limit(pool: Pool, rng: np.random.Generator) -> float:
    """Return the squared distance up to which two items count as copies of one another."""
    seen = rng.choice(pool.size, min(SAMPLE, pool.size), replace=False)
    rows, _ = checked(pool.embeddings[seen], None)
    return float(2 * CLOSE**2 * np.median(np.einsum("ij,ij->i", rows, rows)))


def _apart(rows: np.ndarray, limit: float) -> np.ndarray:
    """Return which rows are no near-copy of a kept one before them."""
    centred, _ = checked(rows, None)
    close = np.triu(squared_distances(centred, centred) <= limit, 1)
    keep = np.ones(len(rows), bool)
    for row in np.flatnonzero(close.any(axis=1)):
        if keep[row]:
            keep[close[row]] = False
    return keep


def _take(picks: Picks, which: np.ndarray) -> Picks:
    places = np.flatnonzero(which)
    return Picks(picks.indices[places], picks.scores[places], tuple(picks.reasons[i] for i in places))


def _joined(a: Picks, b: Picks) -> Picks:
    indices, scores = np.concatenate([a.indices, b.indices]), np.concatenate([a.scores, b.scores])
    return Picks(indices, scores, a.reasons + b.reasons)


def _filled(kept: Picks, spare: Picks, k: int) -> Picks:
    both = _joined(kept, spare)
    return _take(both, np.arange(len(both.indices)) < k)
