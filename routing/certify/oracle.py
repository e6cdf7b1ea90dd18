"""The most that any policy could automate with a model at a target: nobody should chase more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from routing.backtest.estimates import Array, wilson
from routing.certify import Target

ROUNDS = 200
WANTED = 0.9  # the automation that people ask for


@dataclass(frozen=True)
class Best:
    """The share automated and the error rate (in the unit of the target) at the best threshold.

    The threshold is None where the best is to automate nothing.
    """

    threshold: float | None
    share: float
    error: float


@dataclass(frozen=True)
class Bound:
    """What known answers say of one model: the most that a threshold on its scores could automate.

    `low` and `high` bound `best.share` with 95 %. `accuracy` is the model's, with its own bounds. `ceiling`
    is what a model of this accuracy could automate if its scores put every error last, and `needed` the
    accuracy below which no model automates the `wanted` share.
    """

    model: str
    labels: int
    best: Best
    low: float
    high: float
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    ceiling: float
    wanted: float
    needed: float


def best(scores: ArrayLike, losses: ArrayLike, target: Target, weights: ArrayLike | None = None) -> Best:
    """Return the loosest threshold that holds the target on these scores, (n,), with the truth known.

    `weights` say how many items each stands for; without them each stands for itself.
    """
    score, loss = np.asarray(scores, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    weight = np.ones(score.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    order = np.argsort(-score, kind="stable")
    return _best(score[order], loss[order], weight[order], target)


def shares(scores: ArrayLike, losses: ArrayLike, weights: ArrayLike, target: Target) -> Array:
    """Return the share of `best` under each row of `weights` (m, n), such as resampled ones: shape (m,)."""
    score, loss = np.asarray(scores, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    order = np.argsort(-score, kind="stable")
    weight = np.asarray(weights, dtype=np.float64)[:, order]
    at, size, _ = _loosest(score[order], loss[order], weight, target)
    held = np.take_along_axis(size, np.maximum(at, 0)[:, None], axis=1)[:, 0]
    whole = size[:, -1]
    return np.divide(held, whole, out=np.zeros_like(held), where=(at >= 0) & (whole > 0))


def _best(falling: Array, losses: Array, weights: Array, target: Target) -> Best:
    if not falling.size or not weights.sum():
        return Best(None, 0.0, 0.0)
    at, size, error = _loosest(falling, losses, weights, target)
    if at < 0:
        return Best(None, 0.0, 0.0)
    return Best(float(falling[at]), float(size[at] / size[-1]), float(error[at]))


def _loosest(
    falling: Array, losses: Array, weights: Array, target: Target
) -> tuple[NDArray[np.int64], Array, Array]:
    """Return the place of the loosest threshold that holds, -1 where none does, and size and error at each.

    Leading axes of `weights` (..., n) are independent.
    """
    wrong, size = (losses * weights).cumsum(axis=-1), weights.cumsum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = wrong / (size if target.of == "automated" else size[..., -1:])
    # A threshold can't part equal scores.
    last_of_equals = np.append(falling[1:] != falling[:-1], True)
    held = (error <= target.alpha) & last_of_equals
    last = falling.size - 1 - held[..., ::-1].argmax(axis=-1)
    return np.where(held.any(axis=-1), last, -1), size, error


def bound(
    model: str, scores: ArrayLike, losses: ArrayLike, weights: ArrayLike, target: Target
) -> Bound | None:
    """Return what these answers, (n,), say of the model; None where none is known (weight 0)."""
    weight = np.asarray(weights, dtype=np.float64)
    known = weight > 0
    if not known.any():
        return None
    score, loss, weight = np.asarray(scores)[known], np.asarray(losses)[known], weight[known]
    order = np.argsort(-score, kind="stable")
    score, loss, weight = score[order], loss[order], weight[order]
    low, high = _interval(score, loss, weight, target)
    error = float((loss * weight).sum() / weight.sum())
    surest = wilson(1 - error, float(weight.sum() ** 2 / (weight**2).sum()))
    return Bound(
        model=model,
        labels=int(known.sum()),
        best=_best(score, loss, weight, target),
        low=low,
        high=high,
        accuracy=1 - error,
        accuracy_low=surest[0],
        accuracy_high=surest[1],
        ceiling=limit(error, target),
        wanted=WANTED,
        needed=accuracy_needed(WANTED, target),
    )


def _interval(scores: Array, losses: Array, weights: Array, target: Target) -> tuple[float, float]:
    """Return the middle 95 % of the best share over resampled answers, the same for the same answers.

    Each answer counts as often as a Poisson number of mean 1 says (the bootstrap of Efron, 1979, in the
    form of Chamandy and others, 2012).
    """
    random = np.random.default_rng(0)
    times: NDArray[np.int64]
    shares = []
    for _ in range(ROUNDS):
        times = random.poisson(1.0, size=scores.size)
        shares.append(_best(scores, losses, weights * times, target).share)
    low, high = np.quantile(shares, (0.025, 0.975))
    return float(low), float(high)


def limit(error: float, target: Target) -> float:
    """Return the share that could be automated if a model with that error rate ranked its errors last."""
    if target.of == "automated":
        return min(1.0, (1 - error) / (1 - target.alpha))
    return 1 - max(0.0, error - target.alpha)


def accuracy_needed(share: float, target: Target) -> float:
    """Return the accuracy below which no ranking lets a model automate that share."""
    if target.of == "automated":
        return share * (1 - target.alpha)
    return max(0.0, share - target.alpha)
