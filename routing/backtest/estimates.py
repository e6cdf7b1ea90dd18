"""How often automated items are wrong, as far as people's answers tell."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

Z = 1.959964  # 95 % of a normal distribution lies within it


@dataclass(frozen=True)
class Errors:
    """The share of `items` that is wrong, from the `known` ones; `low` and `high` bound it with 95 %.

    `dark` counts items of groups in which no answer is known at all: the share is that of the others. The
    share and its bounds are None where nothing is known.
    """

    items: int
    known: int
    dark: int
    rate: float | None
    low: float | None
    high: float | None

    @property
    def expected(self) -> float | None:
        """How many of all these items are wrong, or None where nothing is known of a part of them."""
        if not self.items:
            return 0.0
        return None if self.rate is None or self.dark else self.rate * self.items


def errors(groups: ArrayLike, chances: ArrayLike, wrong: ArrayLike) -> Errors:
    """Return the error rate of items, (n,) each, of which people's answers cover a part.

    `wrong` is 1 or 0, and nan where no answer is known; `chances` are the probabilities with which an item
    was to get one. Each answer weighs one over its chance, scaled so that a group's answers stand for all
    items of the group: answers that are still owed don't shift the mix of groups (Hájek's estimator, 1971,
    in each group; Cochran, "Sampling techniques", 1977, section 6.10). The interval is Wilson's (1927) at
    the effective size of Kish (1965).
    """
    losses = np.asarray(wrong, dtype=np.float64)
    weights = answer_weights(groups, chances, losses)
    known = np.isfinite(losses) & (weights > 0)
    covered = np.isin(groups, np.asarray(groups)[known])
    count, dark = int(known.sum()), int((~covered).sum())
    if not count:
        return Errors(losses.size, 0, dark, None, None, None)
    total = weights.sum()
    rate = float((weights[known] * losses[known]).sum() / total)
    low, high = wilson(rate, float(total**2 / (weights**2).sum()))
    return Errors(losses.size, count, dark, rate, low, high)


def answer_weights(groups: ArrayLike, chances: ArrayLike, wrong: ArrayLike) -> Array:
    """Return how many items each known answer stands for, (n,); 0 where none is known or could have been."""
    groups, chances = np.asarray(groups), np.asarray(chances, dtype=np.float64)
    known = np.isfinite(np.asarray(wrong, dtype=np.float64)) & (chances > 0)
    weights = np.zeros(chances.shape)
    weights[known] = 1 / chances[known]
    for group in np.unique(groups[known]):
        inside = groups == group
        weights[inside] *= inside.sum() / weights[inside].sum()
    return weights


def wilson(share: float, size: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share seen in a sample of `size` (at least 1, may be fractional)."""
    denominator = 1 + Z * Z / size
    centre = (share + Z * Z / (2 * size)) / denominator
    half = Z * sqrt(share * (1 - share) / size + Z * Z / (4 * size * size)) / denominator
    return max(0.0, centre - half), min(1.0, centre + half)
