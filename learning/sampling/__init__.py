"""Which items of a pool to label next: one `pick` over strategies of uncertainty, diversity and both."""

import numpy as np

from learning.sampling.distinct import distinct
from learning.sampling.pool import Lacking, Picks, Pool
from learning.sampling.strategies import SCORES, SPREAD, STRATEGIES, Options

__all__ = ["SCORES", "STRATEGIES", "Lacking", "Options", "Picks", "Pool", "pick"]


def pick(
    strategy: str, pool: Pool, k: int, *, rng: np.random.Generator, options: Options | None = None
) -> Picks:
    """Return at most `k` distinct rows of the pool, most useful first, the same for the same `rng` state.

    `k` beyond the pool's size gives the whole pool. Near-copies of a pick are replaced and come last where
    nothing else is left. Lacking: the pool does not hold what the strategy goes by. ValueError: unknown
    strategy, negative `k`, or a number that is not finite.
    """
    if strategy not in STRATEGIES:
        raise ValueError(f"unknown sampling strategy {strategy!r}; known are {', '.join(STRATEGIES)}")
    if k < 0:
        raise ValueError(f"cannot pick {k} items")
    k = min(k, pool.size)
    if k == 0:
        return Picks(np.empty(0, np.intp), np.empty(0, np.float32), ())
    chosen, options = STRATEGIES[strategy], options or Options()
    if strategy in SPREAD:
        return chosen(pool, k, rng, options)
    return distinct(lambda some, count: chosen(some, count, rng, options), pool, k, rng)
