"""How far people agree, beyond what chance would give: coefficients over counts, with bootstrap intervals.

Everything is a function of `counts` (units, classes): how many people said each class of each unit. Units
with fewer than two answers say nothing and are left out. `distance` (classes, classes) in [0, 1] tells how
far two classes are apart; left out, they are equal or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LEAST_UNITS = 100  # under so many the interval of alpha is wider than 0.2 (measured)
RESAMPLES = 1_000


@dataclass(frozen=True)
class Agreement:
    """One coefficient: its value, the bounds of its interval, and of how many units with two answers it is.

    All three are None where they are not defined: nobody answered twice, or only one class ever came up.
    """

    value: float | None
    low: float | None
    high: float | None
    units: int


@dataclass(frozen=True)
class _Sums:
    """What every coefficient is a function of, each summed over units: (resamples,) or (resamples, classes).

    `pairs` is the mean distance of a unit's pairs of answers, `weighted` the same times its answers, `said`
    the number of answers of each class, `shares` the share of each class within its unit.
    """

    units: Array
    pairs: Array
    weighted: Array
    answers: Array
    said: Array
    shares: Array
    distance: Array


def percent(sums: _Sums) -> Array:
    """Return the mean agreement of pairs of answers to the same unit, each unit alike."""
    return 1 - sums.pairs / sums.units


def fleiss(sums: _Sums) -> Array:
    """Return Fleiss' kappa (1971); with a distance, its weighted form.

    Chance is two answers drawn from the shares of the classes. For different numbers of answers each unit
    counts alike, as in Gwet, "Handbook of Inter-Rater Reliability" (2014), chapter 2.
    """
    shares = sums.shares / sums.units[:, None]
    return _beyond(sums.pairs / sums.units, _expected(shares, shares, sums.distance))


def ac1(sums: _Sums) -> Array:
    """Return Gwet's AC1 (2008), or AC2 where a distance is given.

    Chance is that of classes being guessed among those that come up, so that a class which nearly everybody
    says does not make agreement look like chance, as it does with kappa ("the kappa paradox").
    """
    shares = sums.shares / sums.units[:, None]
    classes = shares.shape[1]
    if classes < 2:
        return np.full(len(shares), np.nan)
    closeness = (1 - sums.distance).sum()
    chance = closeness / (classes * (classes - 1)) * (shares * (1 - shares)).sum(axis=1)
    agreed = 1 - sums.pairs / sums.units
    return np.where(chance < 1, (agreed - chance) / np.where(chance < 1, 1 - chance, 1), np.nan)


def alpha(sums: _Sums) -> Array:
    """Return Krippendorff's alpha (2004, chapter 11): each answer counts alike, whatever its unit.

    Chance is two answers drawn without putting back from all that were given.
    """
    total = sums.answers
    drawn = np.einsum("bi,ij,bj->b", sums.said, sums.distance, sums.said) / (total * (total - 1))
    return _beyond(sums.weighted / total, drawn)


COEFFICIENTS: dict[str, Callable[[_Sums], Array]] = {
    "percent": percent,
    "fleiss": fleiss,
    "ac1": ac1,
    "alpha": alpha,
}


def measure(
    counts: Array,
    name: str,
    *,
    distance: Array | None = None,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Agreement:
    """Return the coefficient `name` of COEFFICIENTS with the percentile interval of a bootstrap over units.

    Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13. The same counts and seed give
    the same interval. Raises ValueError where `counts` is no table of counts.
    """
    counts = _checked(counts)
    counts = counts[counts.sum(axis=1) >= 2]
    units = len(counts)
    if not units:
        return Agreement(None, None, None, 0)
    apart = 1 - np.eye(counts.shape[1]) if distance is None else np.asarray(distance, float)
    coefficient = COEFFICIENTS[name]
    value = coefficient(_sums(counts, apart, np.ones((1, units))))[0]
    drawn = np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), size=resamples)
    spread = coefficient(_sums(counts, apart, drawn.astype(float)))
    spread = spread[np.isfinite(spread)]
    if not np.isfinite(value) or not len(spread):
        return Agreement(None, None, None, units)
    tail = (1 - level) / 2
    low, high = np.quantile(spread, [tail, 1 - tail])
    return Agreement(float(value), float(min(low, value)), float(max(high, value)), units)


def cohen(table: Array, *, weights: Array | None = None) -> float | None:
    """Return Cohen's kappa (1960) of two people, or its weighted form (1968) where distances are given.

    `table[i, j]` is how many units the first called i and the second j. None where only one class came up.
    """
    table = _checked(table)
    apart = 1 - np.eye(len(table)) if weights is None else np.asarray(weights, float)
    shares = table / table.sum()
    expected = shares.sum(axis=1) @ apart @ shares.sum(axis=0)
    return None if expected == 0 else float(1 - (shares * apart).sum() / expected)


def ordinal(counts: Array) -> Array:
    """Return how far ordered classes are apart (classes, classes), by the answers that lie between them.

    Krippendorff's ordinal metric (2011), scaled to [0, 1].
    """
    said = _checked(counts)[np.asarray(counts).sum(axis=1) >= 2].sum(axis=0)
    up_to = np.cumsum(said) - said / 2
    apart = (up_to[:, None] - up_to[None, :]) ** 2
    return apart / apart.max() if apart.max() else apart


def interval(values: Array) -> Array:
    """Return how far numbers are apart (classes, classes): the squared difference, scaled to [0, 1]."""
    apart = np.subtract.outer(np.asarray(values, float), np.asarray(values, float)) ** 2
    return apart / apart.max() if apart.max() else apart


def _sums(counts: Array, distance: Array, weights: Array) -> _Sums:
    answers = counts.sum(axis=1)
    # Of n answers there are n(n - 1) ordered pairs; a class with itself is never apart.
    apart = np.einsum("ui,ui->u", counts @ distance, counts) / (answers * (answers - 1))
    return _Sums(
        units=weights.sum(axis=1),
        pairs=weights @ apart,
        weighted=weights @ (apart * answers),
        answers=weights @ answers,
        said=weights @ counts,
        shares=weights @ (counts / answers[:, None]),
        distance=distance,
    )


def _expected(first: Array, second: Array, distance: Array) -> Array:
    return np.einsum("bi,ij,bj->b", first, distance, second)


def _beyond(observed: Array, expected: Array) -> Array:
    """Return one minus observed over expected disagreement; not a number where nothing else was to expect."""
    return np.where(expected > 0, 1 - observed / np.where(expected > 0, expected, 1), np.nan)


def _checked(counts: Array) -> Array:
    counts = np.asarray(counts, float)
    if counts.ndim != 2 or not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError("Counts are a table of numbers that are not negative.")
    return counts
