"""Agreement of answers that are no classes: numbers, and what has a distance (texts, boxes, sets of labels).

`unit` (answers,) tells to which unit each answer belongs, as whole numbers from 0 on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from audit.agreement.intervals import Agreement, Array, Ends, resampled

Whole = NDArray[np.int64]
MOST_PAIRS = 1_000  # of which chance is estimated: its standard error is then under one part in a hundred


def numbers(unit: Whole, values: Array, *, weights: Array | None = None, seed: int = 0) -> Agreement:
    """Return Krippendorff's alpha for intervals (2004, chapter 11): distances are squared differences."""
    unit, paired = _paired(unit)
    values = np.asarray(values, float)[paired]
    if not len(values):
        return Agreement(None, None, None, 0)
    n = np.bincount(unit).astype(float)
    values = values - values.mean()
    values /= values.std() * 2**0.5 or 1.0  # chance is then 1 apart, whatever the unit
    once, squared = np.bincount(unit, values), np.bincount(unit, values**2)
    within = 2 * (n * squared - once**2) / (n - 1)
    columns = np.column_stack([n, once, squared, within]) * _each(weights, paired, unit)[:, None]

    def ends(drawn: Array) -> Ends:
        total, once, squared, apart = (drawn @ columns).T
        expected = 2 * (total * squared - once**2) / (total * (total - 1))
        return (apart / total)[:, None], np.where(expected > 1e-12, expected, 0)[:, None]

    return resampled(np.ones(len(n)), ends, seed=seed)[0]


def apart(
    unit: Whole,
    values: Sequence[object],
    distance: Callable[[object, object], float],
    *,
    weights: Array | None = None,
    most_pairs: int = MOST_PAIRS,
    seed: int = 0,
) -> Agreement:
    """Return Krippendorff's alpha for any distance in [0, 1], the interval over units included.

    Chance is the mean distance of all pairs of answers, and where these are more than `most_pairs` of so many
    drawn at random: an incomplete U-statistic (Blom, Biometrika 63, 1976).
    """
    unit, paired = _paired(unit)
    said = [values[place] for place in np.flatnonzero(paired)]
    if not said:
        return Agreement(None, None, None, 0)
    each, n = _each(weights, paired, unit), np.bincount(unit).astype(float)
    inner = [(i, j) for places in _places(unit) for k, i in enumerate(places) for j in places[k + 1 :]]
    met = np.array([distance(said[i], said[j]) for i, j in inner])
    within = np.bincount(unit[[i for i, _ in inner]], met) * 2 / (n - 1)
    first, second = _drawn(len(said), most_pairs, seed)
    met = np.array([distance(said[i], said[j]) for i, j in zip(first, second, strict=True)])
    one, other = unit[first], unit[second]
    same = one == other

    def ends(drawn: Array) -> Ends:
        weighed = drawn * each
        together = np.where(same, weighed[:, one], weighed[:, one] * weighed[:, other])
        total = together.sum(axis=1)
        expected = np.where(total > 0, together @ met / np.where(total > 0, total, 1), 0)
        return (weighed @ within / (weighed @ n))[:, None], expected[:, None]

    return resampled(np.ones(len(n)), ends, seed=seed)[0]


def _paired(unit: Whole) -> tuple[Whole, NDArray[np.bool_]]:
    """Return the units with two or more answers, numbered from 0 on, and which answers are theirs."""
    unit = np.asarray(unit, dtype=np.int64)
    paired = np.bincount(unit)[unit] >= 2 if len(unit) else np.zeros(0, bool)
    return np.unique(unit[paired], return_inverse=True)[1], paired


def _each(weights: Array | None, paired: NDArray[np.bool_], unit: Whole) -> Array:
    """Return what each unit counts, 1 on average; `weights` are given by answer."""
    if weights is None:
        return np.ones(unit.max() + 1)
    each = np.zeros(unit.max() + 1)
    each[unit] = np.asarray(weights, float)[paired]
    return each / each.mean()


def _places(unit: Whole) -> list[list[int]]:
    order = np.argsort(unit, kind="stable")
    return [part.tolist() for part in np.split(order, np.flatnonzero(np.diff(unit[order])) + 1)]


def _drawn(answers: int, most: int, seed: int) -> tuple[Whole, Whole]:
    """Return pairs of different answers: all, or so many drawn at random."""
    if answers * (answers - 1) // 2 <= most:
        return np.triu_indices(answers, 1)
    rng = np.random.default_rng(seed)
    first = rng.integers(answers, size=most)
    return first, (first + rng.integers(1, answers, size=most)) % answers
