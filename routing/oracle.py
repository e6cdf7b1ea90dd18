"""The most that any policy could automate with a model at a target: nobody should chase more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from routing.certify import Target


@dataclass(frozen=True)
class Best:
    """The share automated and the error rate (in the unit of the target) at the best threshold.

    The threshold is None where the best is to automate nothing.
    """

    threshold: float | None
    share: float
    error: float


def best(scores: ArrayLike, losses: ArrayLike, target: Target) -> Best:
    """Return the loosest threshold that holds the target on these scores, (n,), with the truth known."""
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    falling = np.asarray(scores, dtype=np.float64)[order]
    wrong = np.asarray(losses, dtype=np.float64)[order].cumsum()
    size = np.arange(1, len(falling) + 1)
    error = wrong / (size if target.of == "automated" else max(len(falling), 1))
    # A threshold can't part equal scores.
    last_of_equals = np.append(falling[1:] != falling[:-1], True)[: len(falling)]
    held = np.flatnonzero((error <= target.alpha) & last_of_equals)
    if not held.size:
        return Best(None, 0.0, 0.0)
    at = held[-1]
    return Best(float(falling[at]), float(size[at] / len(falling)), float(error[at]))


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
