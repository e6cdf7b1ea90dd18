"""How unsure a model is of each row of its probabilities, and the k most unsure, in one pass over memory."""

import numpy as np

CHUNK = 8192  # rows whose temporaries stay in the cache
TINY = np.float32(1e-30)


def entropy_scores(probabilities: np.ndarray) -> np.ndarray:
    """Return Shannon entropy per row divided by its greatest value, log(classes): (n,) from 0 to 1."""
    count, classes = probabilities.shape
    scores = np.empty(count, np.float32)
    ones = np.full(classes, -1 / np.log(max(classes, 2)), np.float32)
    for start in range(0, count, CHUNK):
        part = np.maximum(probabilities[start : start + CHUNK], TINY, dtype=np.float32)
        scores[start : start + CHUNK] = (np.log(part) * part) @ ones
    return _finite(scores)


def least_confidence_scores(probabilities: np.ndarray) -> np.ndarray:
    """Return 1 minus the greatest probability per row: (n,)."""
    scores = np.empty(len(probabilities), np.float32)
    for start in range(0, len(probabilities), CHUNK):
        columns = np.ascontiguousarray(probabilities[start : start + CHUNK].T, np.float32)
        scores[start : start + CHUNK] = 1 - columns.max(axis=0)
    return _finite(scores)


def margin_scores(probabilities: np.ndarray) -> np.ndarray:
    """Return 1 minus the gap between the two greatest probabilities per row: (n,), 1 is a tie."""
    scores = np.empty(len(probabilities), np.float32)
    for start in range(0, len(probabilities), CHUNK):
        columns = np.ascontiguousarray(probabilities[start : start + CHUNK].T, np.float32)
        first, second = columns[0].copy(), np.zeros_like(columns[0])
        for column in columns[1:]:
            np.maximum(second, np.minimum(first, column), out=second)
            np.maximum(first, column, out=first)
        scores[start : start + CHUNK] = 1 - (first - second)
    return _finite(scores)


def best(scores: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Return the indices of the `k` greatest scores, greatest first; equals are drawn by `rng`."""
    among = _survivors(scores, k, rng)
    values = scores[among]
    bound = np.partition(values, len(values) - k)[len(values) - k]
    above, ties = among[values > bound], among[values == bound]
    chosen = np.concatenate([above, rng.choice(ties, k - len(above), replace=False)])
    return chosen[np.lexsort((rng.random(k), -scores[chosen]))]


def _survivors(scores: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    # A threshold guessed from a sample leaves few to partition; one that leaves too few falls back to all.
    sample = 16 * CHUNK
    if len(scores) > sample and k * 8 < len(scores):
        drawn = scores[rng.integers(0, len(scores), CHUNK)]
        rank = CHUNK - 1 - int(min(CHUNK - 1, 16 + 2 * k * CHUNK / len(scores)))
        passed = np.flatnonzero(scores >= np.partition(drawn, rank)[rank])
        if len(passed) >= k:
            return passed
    return np.arange(len(scores))


def _finite(scores: np.ndarray) -> np.ndarray:
    if not np.isfinite(scores).all():
        raise ValueError("probabilities hold a number that is not finite")
    return scores
