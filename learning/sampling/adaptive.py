"""Uncertain items spread by clusters; and the default: typical ones first, then those ever more sharply."""

import numpy as np

from learning.sampling.clusters import k_means, one_each
from learning.sampling.diversity import checked
from learning.sampling.pool import Picks, Pool
from learning.sampling.typical import CLUSTER_CAP, COLD_POOL, typical
from learning.sampling.uncertainty import best, margin_scores

COLD_START = 20  # labels, or one per class, whichever is more
WIDEST, NARROWEST = 12.0, 3.0
FILTER = 10  # candidates for each pick


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
        return typical(pool, k, rng)
    return weighted_k_means(pool, k, rng, max(NARROWEST, WIDEST - (WIDEST - NARROWEST) * 2 * spent))


def weighted_k_means(pool: Pool, k: int, rng: np.random.Generator, width: float = FILTER) -> Picks:
    """Return one item for each of `k` clusters of the width·k items with the least margin.

    Clusters are of k-means weighted by uncertainty; the item nearest to the centre stands for its cluster
    (Zhdanov 2019).
    """
    rows, _ = checked(pool.need_embeddings(), None)
    scores = margin_scores(pool.need_probabilities())
    among = best(scores, min(len(scores), int(np.ceil(width * k))), rng)
    weights = np.maximum(scores[among], 1e-6)
    centres, member = k_means(rows[among], weights, k, rng)
    chosen, crowd = one_each(rows[among], centres, member, k)
    order = np.lexsort((rng.random(k), -scores[among[chosen]]))
    indices, crowd = among[chosen[order]], crowd[order]
    text = "top two labels only {:.3f} apart; stands for {} similar uncertain items"
    reasons = tuple(text.format(1 - s, n) for s, n in zip(scores[indices], crowd, strict=True))
    return Picks(indices, scores[indices], reasons)


def cluster_margin(pool: Pool, k: int, rng: np.random.Generator) -> Picks:
    """Return `k` of the 10·k items with the least margin, one from each cluster in turn, small ones first.

    (Citovsky et al. 2021.) The clusters are of k-means over the pool in place of agglomerative ones, which
    cost the square of its size.
    """
    rows, _ = checked(pool.need_embeddings(), None)
    scores = margin_scores(pool.need_probabilities())
    among = best(scores, min(len(scores), FILTER * k), rng)
    seen = among if len(among) >= COLD_POOL else np.union1d(among, rng.integers(0, len(rows), COLD_POOL))
    clusters = min(CLUSTER_CAP, len(seen))
    _, member = k_means(rows[seen], np.ones(len(seen), np.float32), clusters, rng)
    member = member[np.searchsorted(seen, among)] if len(seen) > len(among) else member
    sizes = np.bincount(member, minlength=clusters)
    order = np.lexsort((np.arange(len(among)), member))  # within a cluster the least margin first
    turn = np.empty(len(among), np.intp)
    turn[order] = np.arange(len(among)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    chosen = np.lexsort((sizes[member], turn))[:k]
    chosen = chosen[np.argsort(-scores[among[chosen]], kind="stable")]
    text = "top two labels only {:.3f} apart; one of {} uncertain items of its group"
    indices = among[chosen]
    reasons = [text.format(1 - s, n) for s, n in zip(scores[indices], sizes[member[chosen]], strict=True)]
    return Picks(indices, scores[indices], tuple(reasons))
