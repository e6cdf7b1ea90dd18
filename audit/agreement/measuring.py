"""Agreement over classes: from counts of answers to coefficients with their intervals.

`counts` (units, classes) is how many people said each class of each unit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from audit.agreement.coefficients import COEFFICIENTS, Table, sums
from audit.agreement.intervals import Agreement, Array, Ends, patterns, resampled

LEAST_UNITS = 100  # under so many the interval of alpha is wider than 0.2 (measured)


def measure(
    counts: Array,
    names: Sequence[str] = tuple(COEFFICIENTS),
    *,
    distance: Array | None = None,
    weights: Array | None = None,
    seed: int = 0,
) -> dict[str, Agreement]:
    """Return each named coefficient of COEFFICIENTS with its interval, all from the same resamples.

    `distance` (classes, classes) in [0, 1] tells how far two classes are apart; left out, they are equal or
    not. `weights` (units,) are what units stand for, the inverse of the probability with which each was
    drawn. Units with one answer tell only how frequent classes are. Raises ValueError where `counts` is no
    table of counts.
    """
    table = _table(counts, distance, weights)
    paired = int((np.asarray(counts, float).sum(axis=1) >= 2).sum())
    if not paired:
        return dict.fromkeys(names, Agreement(None, None, None, 0))
    summed = sums(table)

    def ends(drawn: Array) -> Ends:
        found = summed(drawn)
        with np.errstate(divide="ignore", invalid="ignore"):  # a resample may hold no pair at all
            parts = [COEFFICIENTS[name](found) for name in names]
        return np.stack([o for o, _ in parts], axis=1), np.stack([e for _, e in parts], axis=1)

    found = resampled(table.units, ends, of=[paired] * len(names), seed=seed)
    return dict(zip(names, found, strict=True))


def specific(said: Array, answers: Array, *, weights: Array | None = None, seed: int = 0) -> list[Agreement]:
    """Return of each class how often, where one person says it, another says it too.

    Specific agreement (Spitzer and Fleiss, British Journal of Psychiatry 125, 1974): of the answers of a
    class, the share of the other answers to the same units that are of it. `said` (units, classes) counts who
    said each class, and one answer may say several; `answers` (units,) counts who answered, two or more.
    Units of the result are those in which anybody said the class.
    """
    table = _table(np.column_stack([said, answers]), None, weights)
    said, n = table.counts[:, :-1], table.counts[:, -1:]
    missed = said * (n - said) / np.maximum(n - 1, 1)
    width = said.shape[1]
    both = np.hstack([missed, said])

    def ends(drawn: Array) -> Ends:
        found = (drawn * table.weights) @ both
        of = found[:, width:]
        return found[:, :width] / np.where(of > 0, of, 1), (of > 0).astype(float)

    return resampled(table.units, ends, of=table.units @ (said > 0), seed=seed) if len(said) else []


def _table(counts: Array, distance: Array | None, weights: Array | None) -> Table:
    counts = np.asarray(counts, float)
    if counts.ndim != 2 or not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError("Counts are a table of numbers that are not negative.")
    counts = counts.reshape(-1, max(counts.shape[1], 1))
    weights = np.ones(len(counts)) if weights is None else np.asarray(weights, float)
    kept = counts.sum(axis=1) > 0
    rows, units = patterns(np.column_stack([counts[kept], weights[kept]]))
    each = rows[:, -1] * units.sum() / max(rows[:, -1] @ units, 1e-12)
    apart = 1 - np.eye(counts.shape[1]) if distance is None else np.asarray(distance, float)
    return Table(rows[:, :-1], units, each, apart)
