"""Permutation tests: how often chance alone would tell the old from the new as well as time does.

A p-value is the share of divisions of the same rows, the true one among them, that differ as much. Under no
drift every division is as likely, so that P(p ≤ α) ≤ α at any size of the samples (Hemerik and Goeman,
"Exact testing with random permutations", 2018). All random divisions are one matrix: whatever is a sum over
rows takes one product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

COUNT = 1_999  # random divisions; with ten tests at 1 % in all, a p-value must be able to reach 0.001
EQUAL = 1e-5  # relative; sums of the same numbers in another order differ by rounding


@dataclass(frozen=True)
class Shuffles:
    """Divisions of n rows into `then` old and `now` new ones; the first is the true one.

    `masks` is (1 + divisions, n) float32: 1 where a row counts as new.
    """

    masks: np.ndarray
    then: int
    now: int

    @classmethod
    def draw(cls, then: int, now: int, *, count: int = COUNT, seed: int = 0) -> Shuffles:
        """Return the true division of `then` rows followed by `now` rows, and `count` random ones."""
        total = then + now
        places = np.random.default_rng(seed).random((count, total), np.float32).argpartition(now - 1, axis=1)
        masks = np.zeros((count + 1, total), np.float32)
        masks[0, then:] = 1
        np.put_along_axis(masks[1:], places[:, :now], 1, axis=1)
        return cls(masks, then, now)

    def counts(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the sums of rows (n, d) over the old and over the new of each division, (…, d) each."""
        new = self.masks @ rows.astype(np.float32, copy=False)
        return rows.sum(axis=0) - new, new

    def p_value(self, statistics: np.ndarray) -> float:
        """Return which share of the divisions has a statistic (…,) as large as the true one's."""
        least = statistics[0] - EQUAL * abs(statistics[0])
        return float((statistics >= least).mean())


def largest_gap(values: np.ndarray, shuffles: Shuffles) -> np.ndarray:
    """Return the largest distance between the two distribution functions in each division, (…,).

    The statistic of Kolmogorov and Smirnov; values (n,) may have ties.
    """
    order = np.argsort(values, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(values[order]) > 0, True))
    new = np.cumsum(shuffles.masks[:, order], axis=1, dtype=np.float32)[:, ends]
    share_old = (ends + 1 - new) / shuffles.then
    return np.abs(new / shuffles.now - share_old).max(axis=1)


def chi_squared(classes: np.ndarray, shuffles: Shuffles) -> np.ndarray:
    """Return Pearson's chi-squared of the classes' counts in each division, (…,); classes (n,) from 0 on.

    Rare classes need not be pooled, as its distribution is taken from the divisions and not from a table.
    """
    old, new = shuffles.counts(one_hot(classes))
    share = shuffles.now / (shuffles.then + shuffles.now)
    total = old[0] + new[0]
    off = np.square(new - total * share)
    return (off / np.maximum(total * share * (1 - share), 1e-9)).sum(axis=1)


def one_hot(classes: np.ndarray) -> np.ndarray:
    """Return (n, classes) float32 with a 1 in each row's class."""
    return np.eye(int(classes.max(initial=0)) + 1, dtype=np.float32)[classes]
