"""One way to fit a learner: what it reads, how it is fitted, how the result is brought back to the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from learning.learners.predictors import EnsemblePredictor, Predictor

MOST_EACH = 10_000  # labels that each member of an ensemble learns, however many members there are


def unchanged(predictor: Predictor) -> Predictor:
    """Return the predictor."""
    return predictor


@dataclass(frozen=True)
class Setting:
    """`inputs` (n, m) stand for the training rows, `fit` learns from any of them, `close` ends it.

    `fit(inputs, y, weights, classes, seed)` returns a predictor of inputs; `close(predictor)` makes it one of
    the rows themselves.
    """

    inputs: Any
    fit: Callable[..., Predictor]
    close: Callable[[Predictor], Predictor] = unchanged

    def bagged(self, members: int) -> Setting:
        """Return the setting that fits `members` predictors to resampled labels and averages them; 1: itself.

        Each label weighs as much more or less as an exponential draw says, in each member anew: bagging
        (Breiman 1996) by the Bayesian bootstrap (Rubin 1981; Clyde and Lee 2001), in which no class of a few
        labels can be missing from a member. Of more than MOST_EACH labels a member takes its part, and at
        least so many, so that all members together cost about what one model does (Breiman 1999, pasting).
        """
        if members < 2:
            return self
        return replace(self, fit=partial(_bag, self.fit, members), close=partial(_close_each, self.close))


def draws(count: int, member: int, seed: int) -> np.ndarray:
    """Return by how much each of `count` labels weighs more or less in one member, mean about 1."""
    return np.random.default_rng([seed, member]).exponential(size=count)


def _bag(
    fit: Callable[..., Predictor],
    members: int,
    inputs: Any,
    y: np.ndarray,
    weights: np.ndarray,
    classes: int,
    seed: int,
) -> EnsemblePredictor:
    def one(member: int) -> Predictor:
        drawn, some = weights * draws(len(y), member, seed), _part(len(y), members, member, seed)
        return fit(inputs[some], y[some], drawn[some], classes, seed + member)

    return EnsemblePredictor.of([one(member) for member in range(members)])


def _part(count: int, members: int, member: int, seed: int) -> Any:
    each = max(MOST_EACH, count // members)
    if count <= each:
        return slice(None)
    return np.sort(np.random.default_rng([seed, member, 1]).choice(count, each, replace=False))


def _close_each(close: Callable[[Predictor], Predictor], joined: EnsemblePredictor) -> EnsemblePredictor:
    return EnsemblePredictor.of([close(one) for one in joined.members])
