"""What a coefficient comes to, and its interval: the same units drawn again and again.

Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13: percentiles over resampled units.
Units that look the same are drawn together, as a multinomial over their patterns: the same draw, and cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ends = tuple[Array, Array]  # observed and expected disagreement, of each resample

RESAMPLES = 1_000
LEVEL = 0.95
Z = 1.959964  # the normal quantile of LEVEL
CELLS = 250_000  # numbers held at once while resampling: what fits the processor's cache


@dataclass(frozen=True)
class Agreement:
    """One coefficient: its value, the bounds of its 95 % interval, and of how many units it is.

    A unit is an item that two or more people answered. The three numbers are None where they are not defined:
    nobody answered twice, or only one class ever came up.
    """

    value: float | None
    low: float | None
    high: float | None
    units: int


def resampled(
    units: Array,
    coefficient: Callable[[Array], Ends],
    *,
    of: Sequence[int] | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> list[Agreement]:
    """Return the coefficients of the sample with their intervals, one for each column that `coefficient` has.

    `units[p]` is how many units look like pattern p. `coefficient` takes how often each pattern was drawn,
    (resamples, patterns), and returns observed and expected disagreement, each (resamples, columns), where 1
    is as far apart as two answers can be. `of` is on how many units each column rests, left out: on all. The
    same input gives the same interval. Where nobody differed resampling knows nothing of those who might: the
    lower end is then Wilson's (1927) for none of so many.
    """
    total = int(units.sum())
    observed, expected = (one[0] for one in coefficient(units[None, :]))
    parts = [coefficient(drawn) for drawn in _drawn(units, seed, resamples)]
    spread = np.concatenate([_beyond(*part) for part in parts])
    of = [total] * len(observed) if of is None else of
    return [
        _bounded(float(o), float(e), column, int(n))
        for o, e, column, n in zip(observed, expected, spread.T, of, strict=True)
    ]


def ratio(parts: Array, wholes: Array, weights: Array | None = None, *, seed: int = 0) -> Agreement:
    """Return the sum of the parts over the sum of the wholes, each (units,), with its interval.

    With wholes of one it is a mean: the share of pairs that agree, or the mean overlap of boxes.
    """
    parts, wholes = np.asarray(parts, float), np.asarray(wholes, float)
    if not len(parts) or not wholes.sum():
        return Agreement(None, None, None, len(parts))
    weights = np.ones(len(parts)) if weights is None else np.asarray(weights, float)
    table, units = patterns(np.column_stack([parts, wholes, weights]))
    missed, of = (table[:, 1] - table[:, 0]) * table[:, 2], table[:, 1] * table[:, 2]

    def share(drawn: Array) -> Ends:
        total = (drawn @ of)[:, None]
        return (drawn @ missed)[:, None] / np.where(total > 0, total, 1), (total > 0).astype(float)

    return resampled(units, share, seed=seed)[0]


def patterns(table: Array) -> tuple[Array, Array]:
    """Return the different rows of a table, and how many rows are like each."""
    rows, like = np.unique(table, axis=0, return_counts=True)
    return rows, like.astype(float)


def _drawn(units: Array, seed: int, resamples: int) -> Iterator[Array]:
    """Yield how often each pattern is drawn, (some resamples, patterns), until there are enough."""
    rng, total = np.random.default_rng(seed), int(units.sum())
    step = max(1, min(resamples, CELLS // max(len(units), 1)))
    alone = len(units) == total  # every unit is its own pattern
    for start in range(0, resamples, step):
        some = min(step, resamples - start)
        if alone:
            picked = rng.integers(total, size=(some, total), dtype=np.int32)
            picked += total * np.arange(some, dtype=np.int32)[:, None]
            yield np.bincount(picked.ravel(), minlength=some * total).reshape(some, total).astype(float)
        else:
            yield rng.multinomial(total, units / total, size=some).astype(float)


def _beyond(observed: Array, expected: Array) -> Array:
    """Return one minus observed over expected disagreement; not a number where nothing else was to expect."""
    return np.where(expected > 0, 1 - observed / np.where(expected > 0, expected, 1), np.nan)


def _bounded(observed: float, expected: float, spread: Array, units: int) -> Agreement:
    spread = spread[np.isfinite(spread)]
    if not expected > 0 or not len(spread):
        return Agreement(None, None, None, units)
    value = 1 - observed / expected
    low, high = np.quantile(spread, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if observed <= 0:
        # Wilson's lower end of n of n is n / (n + z²).
        low = max(-1.0, 1 - Z**2 / (units + Z**2) / expected)
    return Agreement(value, float(min(low, value)), float(max(high, value)), units)
