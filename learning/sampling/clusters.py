"""Clusters of a pool: weighted k-means from a k-means++ start, and one item for each cluster."""

import numpy as np

from learning.sampling.diversity import nearest

LLOYD_STEPS = 6


def k_means(
    rows: np.ndarray, weights: np.ndarray, k: int, rng: np.random.Generator, steps: int = LLOYD_STEPS
) -> tuple[np.ndarray, np.ndarray]:
    """Return `k` centres and each row's centre: k-means++ start, then `steps` of weighted Lloyd.

    (Arthur and Vassilvitskii 2007; Lloyd 1982.) A centre that loses all its rows stays where it was.
    """
    centres = rows[spread(rows, weights, k, rng)[0]]
    for _ in range(steps):
        _, member = nearest(rows, centres)
        order = np.argsort(member, kind="stable")
        found, starts = np.unique(member[order], return_index=True)
        totals = np.add.reduceat(rows[order] * weights[order, None], starts, axis=0)
        centres[found] = totals / np.add.reduceat(weights[order], starts)[:, None]
    return centres, nearest(rows, centres)[1]


def spread(
    rows: np.ndarray,
    weights: np.ndarray,
    k: int,
    rng: np.random.Generator,
    known: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return `k` rows drawn by weight times squared distance to what is drawn, and those distances.

    k-means++ seeding (Arthur and Vassilvitskii 2007). `known` (m, d) counts as drawn before; with nothing
    known the first is drawn by weight alone, its distance given as the greatest from it. Rows come twice only
    where nothing but copies of what is drawn is left.
    """
    chosen, gone = np.empty(k, np.intp), np.zeros(k, np.float32)
    squares = np.einsum("ij,ij->i", rows, rows)
    fresh = known is None or not len(known)
    distances = np.ones(len(rows), np.float32) if fresh else nearest(rows, known)[0]
    for i in range(k):
        mass = np.cumsum(weights * distances, dtype=np.float64)
        if mass[-1] <= 0:
            chosen[i] = rng.integers(0, len(rows))
            continue
        chosen[i] = min(np.searchsorted(mass, rng.random() * mass[-1], side="right"), len(rows) - 1)
        gap = np.maximum(squares + squares[chosen[i]] - 2 * (rows @ rows[chosen[i]]), 0)
        gone[i] = gap.max() if fresh and i == 0 else distances[chosen[i]]
        distances = gap if fresh and i == 0 else np.minimum(distances, gap)
        distances[chosen[i]] = 0
    return chosen, np.sqrt(gone)


def one_each(
    rows: np.ndarray, centres: np.ndarray, member: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the row nearest to each of `k` centres, and how many rows each stands for.

    For clusters without rows the first of the rows that are left fill up: give the best rows first.
    """
    gaps = np.einsum("ij,ij->i", rows - centres[member], rows - centres[member])
    order = np.lexsort((gaps, member))
    _, starts, sizes = np.unique(member[order], return_index=True, return_counts=True)
    chosen = order[starts]
    spare = np.setdiff1d(np.arange(len(rows)), chosen)[: k - len(chosen)]
    return np.concatenate([chosen, spare]), np.concatenate([sizes, np.ones(len(spare), sizes.dtype)])
