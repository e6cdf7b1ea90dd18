"""Picks unlike what is labelled and unlike one another: greedy core-set, alone or with uncertainty."""

import numpy as np

ROWS = 4096  # rows of one matrix product
WINDOW = 2048


def squared_distances(rows: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return squared Euclidean distances, (len(rows), len(centres)), never below 0."""
    product = rows @ centres.T
    product *= -2
    product += np.einsum("ij,ij->i", rows, rows)[:, None]
    product += np.einsum("ij,ij->i", centres, centres)[None]
    return np.maximum(product, 0, out=product)


def nearest(rows: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return, per row, the squared distance to its nearest centre and that centre's index."""
    smallest, which = np.empty(len(rows), np.float32), np.empty(len(rows), np.intp)
    # By |c|²/2 - x·c, which has the same minimum: one pass over the product instead of four.
    halves = np.einsum("ij,ij->i", centres, centres) / 2
    for start in range(0, len(rows), ROWS):
        part = rows[start : start + ROWS]
        ahead = part @ centres.T
        ahead -= halves
        index = ahead.argmax(axis=1)
        squares = np.einsum("ij,ij->i", part, part)
        smallest[start : start + ROWS] = squares - 2 * ahead[np.arange(len(part)), index]
        which[start : start + ROWS] = index
    return np.maximum(smallest, 0, out=smallest), which


def checked(embeddings: np.ndarray, labelled: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return both as float32 about the pool's mean (less is lost in squares); ValueError if not finite."""
    rows = np.asarray(embeddings, np.float32)
    mean = rows.mean(axis=0)
    others = np.asarray(rows[:0] if labelled is None else labelled, np.float32)
    if not (np.isfinite(mean).all() and np.isfinite(others.sum())):
        raise ValueError("embeddings hold a number that is not finite")
    return rows - mean, others - mean


def farthest_first(
    embeddings: np.ndarray, labelled: np.ndarray | None, k: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return `k` rows, each the farthest from all labelled and all picked before, and those distances.

    Exact greedy k-center (Gonzalez 1985; core-sets for active learning: Sener and Savarese 2018). Without
    labelled rows the first is drawn by `rng` and its distance given as that of the farthest row from it.
    """
    rows, others = checked(embeddings, labelled)
    first = np.empty(0, np.intp)
    if not len(others):
        first = rng.integers(0, len(rows), 1)
        others = rows[first]
    bounds = np.sqrt(nearest(rows, others)[0])
    start = np.full(len(first), bounds.max(initial=0), np.float32)
    bounds[first] = -1
    indices, values = _greedy(rows, np.zeros(len(rows), np.float32), bounds, k - len(first), rng)
    return np.concatenate([first, indices]), np.concatenate([start, values])


def hybrid(
    uncertainty: np.ndarray,
    embeddings: np.ndarray,
    labelled: np.ndarray | None,
    k: int,
    rng: np.random.Generator,
    *,
    weights: tuple[float, float] = (0.7, 0.3),
) -> tuple[np.ndarray, np.ndarray]:
    """Return `k` rows by weighted uncertainty plus distance, each from 0 to 1 over the pool, and the sums.

    The distance is to labelled and already picked rows alike, so that near-copies are not picked together.
    """
    rows, others = checked(embeddings, labelled)
    share, reach = weights
    if min(weights) < 0 or share + reach <= 0:
        raise ValueError("the weights of hybrid must not be negative, nor both zero")
    reach /= share + reach
    base = (1 - reach) * _unit(uncertainty)
    # With nothing labelled every row is equally far from it: the pool's centre stands in.
    distances = np.sqrt(nearest(rows, others if len(others) else rows[:1] * 0)[0])
    scale = reach / max(float(distances.max()), 1e-12)
    return _greedy(rows * scale, base, distances * scale, k, rng)


def _greedy(
    rows: np.ndarray, base: np.ndarray, distances: np.ndarray, k: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    # Values only ever shrink, so stale ones are upper bounds: only a window of the greatest is kept fresh,
    # and it grows when its best falls below the greatest bound outside. Same picks as updating every row.
    # The shuffle makes equal rows equally likely.
    order = rng.permutation(len(rows))
    order = order[np.argsort(-(base + distances)[order], kind="stable")]
    size = min(len(rows), max(WINDOW, 2 * k))
    window, fresh = rows[order[:size]], distances[order[:size]]
    squares = np.einsum("ij,ij->i", window, window)
    picked, values = [], []
    while len(picked) < k:
        value = base[order[:size]] + fresh
        top = int(value.argmax())
        if size < len(rows) and value[top] < base[order[size]] + distances[order[size]]:
            grown = min(len(rows), 2 * size)
            more = rows[order[size:grown]]
            near = np.sqrt(nearest(more, rows[order[picked]])[0])
            window = np.concatenate([window, more])
            squares = np.concatenate([squares, np.einsum("ij,ij->i", more, more)])
            fresh = np.concatenate([fresh, np.minimum(distances[order[size:grown]], near)])
            size = grown
            continue
        picked.append(top)
        values.append(value[top])
        gap = squares + squares[top] - 2 * (window @ window[top])
        np.minimum(fresh, np.sqrt(np.maximum(gap, 0)), out=fresh, where=fresh >= 0)
        fresh[top] = -np.inf
    return order[picked], np.array(values, np.float32)


def _unit(values: np.ndarray) -> np.ndarray:
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else np.zeros_like(values)
