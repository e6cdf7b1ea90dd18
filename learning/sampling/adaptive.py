"""The default strategy: typical items first, then uncertain ones spread by clusters, ever more sharply."""

import numpy as np

from learning.sampling.diversity import checked, nearest, squared_distances
from learning.sampling.pool import Picks, Pool
from learning.sampling.uncertainty import best, margin_scores

COLD_START = 20  # labels, or one per class, whichever is more
CLUSTER_CAP = 250
COLD_POOL = 20_000
NEIGHBOURS = 20
LLOYD_STEPS = 6
WIDEST, NARROWEST = 12.0, 3.0


def anneal(pool: Pool, k: int, rng: np.random.Generator, *, spent: float) -> Picks:
    """Return `k` picks: typical items while labels are few, then uncertain ones spread over clusters.

    `spent` is the share of the labelling budget used, 0 to 1. Over its first half the candidates narrow
    from the 12·k most uncertain to 3·k. Cold start: TypiClust (Hacohen et al. 2022); afterwards k-means
    weighted by uncertainty (Zhdanov 2019).
    """
    if not 0 <= spent <= 1:
        raise ValueError(f"the share of the budget spent must lie between 0 and 1, not {spent}")
    classes = 0 if pool.probabilities is None else pool.probabilities.shape[1]
    if pool.probabilities is None or pool.labelled_count < max(COLD_START, classes):
        return _typical(pool, k, rng)
    rows, _ = checked(pool.need_embeddings(), pool.labelled)
    scores = margin_scores(pool.probabilities)
    width = max(NARROWEST, WIDEST - (WIDEST - NARROWEST) * 2 * spent)
    among = best(scores, min(len(scores), int(np.ceil(width * k))), rng)
    weights = np.maximum(scores[among], 1e-6)
    centres, member = k_means(rows[among], weights, k, rng)
    chosen, crowd = _one_each(rows[among], centres, member, k)
    order = np.lexsort((rng.random(k), -scores[among[chosen]]))
    indices, crowd = among[chosen[order]], crowd[order]
    text = "top two labels only {:.3f} apart; stands for {} similar uncertain items"
    reasons = tuple(text.format(1 - s, n) for s, n in zip(scores[indices], crowd, strict=True))
    return Picks(indices, scores[indices], reasons)


def k_means(
    rows: np.ndarray, weights: np.ndarray, k: int, rng: np.random.Generator, steps: int = LLOYD_STEPS
) -> tuple[np.ndarray, np.ndarray]:
    """Return `k` centres and each row's centre: k-means++ start, then `steps` of weighted Lloyd.

    (Arthur and Vassilvitskii 2007; Lloyd 1982.) A centre that loses all its rows stays where it was.
    """
    centres = rows[_spread(rows, weights, k, rng)]
    for _ in range(steps):
        _, member = nearest(rows, centres)
        order = np.argsort(member, kind="stable")
        found, starts = np.unique(member[order], return_index=True)
        totals = np.add.reduceat(rows[order] * weights[order, None], starts, axis=0)
        centres[found] = totals / np.add.reduceat(weights[order], starts)[:, None]
    return centres, nearest(rows, centres)[1]


def _spread(rows: np.ndarray, weights: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    # Nothing is chosen yet, so all count as equally far: the first is drawn by weight alone.
    chosen = np.empty(k, np.intp)
    squares = np.einsum("ij,ij->i", rows, rows)
    distances = np.ones(len(rows), np.float32)
    for i in range(k):
        mass = np.cumsum(weights * distances, dtype=np.float64)
        if mass[-1] <= 0:  # only copies of what is chosen are left
            chosen[i] = rng.integers(0, len(rows))
            continue
        chosen[i] = min(np.searchsorted(mass, rng.random() * mass[-1], side="right"), len(rows) - 1)
        gap = np.maximum(squares + squares[chosen[i]] - 2 * (rows @ rows[chosen[i]]), 0)
        distances = gap if i == 0 else np.minimum(distances, gap)
        distances[chosen[i]] = 0
    return chosen


def _one_each(
    rows: np.ndarray, centres: np.ndarray, member: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    # `rows` come most uncertain first, so what fills up for empty clusters is the most uncertain left.
    gaps = np.einsum("ij,ij->i", rows - centres[member], rows - centres[member])
    order = np.lexsort((gaps, member))
    _, starts, sizes = np.unique(member[order], return_index=True, return_counts=True)
    chosen = order[starts]
    spare = np.setdiff1d(np.arange(len(rows)), chosen)[: k - len(chosen)]
    return np.concatenate([chosen, spare]), np.concatenate([sizes, np.ones(len(spare), sizes.dtype)])


def _typical(pool: Pool, k: int, rng: np.random.Generator) -> Picks:
    rows, others = checked(pool.need_embeddings(), pool.labelled)
    drawn = np.sort(rng.choice(len(rows), min(len(rows), max(COLD_POOL, k)), replace=False))
    rows = rows[drawn]
    clusters = min(CLUSTER_CAP, len(others) + k, len(rows))
    centres, member = k_means(rows, np.ones(len(rows), np.float32), clusters, rng)
    covered = np.zeros(clusters, np.intp)
    if len(others):
        covered = np.bincount(nearest(others, centres)[1], minlength=clusters)
    typicality = _typicality(rows, member, rng)
    order = np.lexsort((rng.random(len(rows)), -typicality, member))
    sizes = np.bincount(member, minlength=clusters)
    rank = np.empty(len(rows), np.intp)  # place of a row within its cluster, most typical first
    rank[order] = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    # One from each cluster in turn: the least covered first, the largest among those.
    turn = np.lexsort((-typicality, -sizes[member], rank + covered[member]))[:k]
    text = "typical of a group of {} items with {} labelled"
    reasons = tuple(text.format(sizes[c], "none" if not covered[c] else covered[c]) for c in member[turn])
    return Picks(drawn[turn], typicality[turn], reasons)


def _typicality(rows: np.ndarray, member: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    # 1 / (1 + mean distance to the nearest neighbours in the cluster), against at most 512 of its members.
    result = np.empty(len(rows), np.float32)
    for cluster in np.unique(member):
        inside = np.flatnonzero(member == cluster)
        seen = inside if len(inside) <= 512 else rng.choice(inside, 512, replace=False)
        near = min(NEIGHBOURS + 1, len(seen))  # itself is among them
        for start in range(0, len(inside), 4096):
            part = inside[start : start + 4096]
            gaps = np.sqrt(squared_distances(rows[part], rows[seen]))
            mean = np.partition(gaps, near - 1, axis=1)[:, :near].mean(axis=1)
            result[part] = 1 / (1 + mean)
    # A lone row has no neighbours: it is the least typical there is.
    result[np.bincount(member)[member] == 1] = 0
    return result
