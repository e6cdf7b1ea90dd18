"""Typical items first: what a model without labels, or with few, learns the most from."""

import numpy as np

from learning.sampling.clusters import k_means
from learning.sampling.diversity import checked, nearest, squared_distances
from learning.sampling.pool import Picks, Pool

CLUSTER_CAP = 250
COLD_POOL = 20_000
NEIGHBOURS = 20


def typical(pool: Pool, k: int, rng: np.random.Generator) -> Picks:
    """Return `k` typical items of groups without labels, the largest groups first.

    TypiClust (Hacohen, Dekel and Weinshall 2022): as many clusters as there are labels and picks, at most
    CLUSTER_CAP, over at most COLD_POOL drawn rows; typicality is 1 / (1 + mean distance to the nearest).
    """
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
