"""Which items of a pool to label next: one `pick` over strategies of uncertainty, diversity and both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from learning.sampling.adaptive import anneal
from learning.sampling.diversity import farthest_first, hybrid
from learning.sampling.pool import Picks, Pool
from learning.sampling.uncertainty import (
    best,
    entropy_scores,
    least_confidence_scores,
    margin_scores,
)

__all__ = ["STRATEGIES", "Options", "Picks", "Pool", "pick"]


@dataclass(frozen=True)
class Options:
    """What a strategy may be told: how much of the labelling budget is spent, and the weights of hybrid."""

    spent: float = 0.0
    uncertainty_weight: float = 0.7
    distance_weight: float = 0.3


def pick(
    strategy: str, pool: Pool, k: int, *, rng: np.random.Generator, options: Options | None = None
) -> Picks:
    """Return at most `k` distinct rows of the pool, most useful first, the same for the same `rng` state.

    `k` beyond the pool's size gives the whole pool. ValueError: unknown strategy, negative `k`, a pool that
    lacks what the strategy goes by, or a number that is not finite.
    """
    if strategy not in STRATEGIES:
        raise ValueError(f"unknown sampling strategy {strategy!r}; known are {', '.join(STRATEGIES)}")
    if k < 0:
        raise ValueError(f"cannot pick {k} items")
    k = min(k, pool.size)
    if k == 0:
        return Picks(np.empty(0, np.intp), np.empty(0, np.float32), ())
    return STRATEGIES[strategy](pool, k, rng, options or Options())


def _by_score(
    score: Callable[[np.ndarray], np.ndarray], reason: str
) -> Callable[[Pool, int, np.random.Generator, Options], Picks]:
    def strategy(pool: Pool, k: int, rng: np.random.Generator, options: Options) -> Picks:
        scores = score(pool.need_probabilities())
        indices = best(scores, k, rng)
        return Picks(indices, scores[indices], tuple(reason.format(s, 1 - s) for s in scores[indices]))

    return strategy


def _random(pool: Pool, k: int, rng: np.random.Generator, options: Options) -> Picks:
    indices = rng.choice(pool.size, k, replace=False)
    return Picks(indices, np.zeros(k, np.float32), ("drawn at random",) * k)


def _k_center(pool: Pool, k: int, rng: np.random.Generator, options: Options) -> Picks:
    indices, distances = farthest_first(pool.need_embeddings(), pool.labelled, k, rng)
    return Picks(indices, distances, tuple(f"{d:.3g} away from anything labelled" for d in distances))


def _hybrid(pool: Pool, k: int, rng: np.random.Generator, options: Options) -> Picks:
    weights = (options.uncertainty_weight, options.distance_weight)
    uncertainty = margin_scores(pool.need_probabilities())
    indices, scores = hybrid(uncertainty, pool.need_embeddings(), pool.labelled, k, rng, weights=weights)
    text = "top two labels {:.3f} apart, and unlike what is labelled (utility {:.3f})"
    reasons = tuple(text.format(1 - u, s) for u, s in zip(uncertainty[indices], scores, strict=True))
    return Picks(indices, scores, reasons)


def _adaptive(pool: Pool, k: int, rng: np.random.Generator, options: Options) -> Picks:
    return anneal(pool, k, rng, spent=options.spent)


STRATEGIES: Mapping[str, Callable[[Pool, int, np.random.Generator, Options], Picks]] = {
    "adaptive": _adaptive,
    "margin": _by_score(margin_scores, "top two labels only {1:.3f} apart"),
    "entropy": _by_score(entropy_scores, "entropy {0:.3f} of at most 1"),
    "least_confidence": _by_score(least_confidence_scores, "top label has only {1:.3f}"),
    "k_center": _k_center,
    "hybrid": _hybrid,
    "random": _random,
}
