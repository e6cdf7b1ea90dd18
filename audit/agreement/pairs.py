"""How far two people agree, Cohen's kappa, and whether one says something more often than the other."""

from __future__ import annotations

from math import comb, erfc, sqrt

import numpy as np

from audit.agreement.intervals import Agreement, Array, Ends, resampled

EXACT = 1_000


def cohen(table: Array, *, distance: Array | None = None, seed: int = 0) -> Agreement:
    """Return Cohen's kappa (1960) with its interval; where distances are given its weighted form (1968).

    `table[i, j]` is how many units the first called i and the second j. Chance is that each keeps to their
    own shares of the classes. Raises ValueError where it is no square table of counts.
    """
    table = np.asarray(table, float)
    if table.ndim != 2 or len(set(table.shape)) != 1 or not np.isfinite(table).all() or (table < 0).any():
        raise ValueError("A square table of counts is needed.")
    if not table.sum():
        return Agreement(None, None, None, 0)
    apart = 1 - np.eye(len(table)) if distance is None else np.asarray(distance, float)
    first, second = np.nonzero(table)
    rows, columns = np.eye(len(table))[first], np.eye(len(table))[second]

    def ends(drawn: Array) -> Ends:
        shares = drawn / drawn.sum(axis=1, keepdims=True)
        expected = np.einsum("bi,ij,bj->b", shares @ rows, apart, shares @ columns)
        return (shares @ apart[first, second])[:, None], expected[:, None]

    return resampled(table[first, second], ends, seed=seed)[0]


def mcnemar(more: int, less: int) -> float:
    """Return how likely it is by chance alone that so unlike numbers of units fall on either side.

    McNemar's test (1947) of units on which one person says a class and others don't, and the other way round:
    the exact binomial one, beyond EXACT units the normal one with continuity correction.
    """
    units, fewer = more + less, min(more, less)
    if units > EXACT:
        return erfc(max(abs(more - less) - 1, 0) / sqrt(2 * units))
    return min(1.0, 2 * sum(comb(units, k) for k in range(fewer + 1)) / 2**units)
