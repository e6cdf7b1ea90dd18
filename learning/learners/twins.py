"""Pairs learnt from both sides: each is shown as it came and swapped, and asked about from both."""

from collections.abc import Sequence
from typing import Any

import numpy as np

SWAPPED = {"a": "b", "b": "a"}


def both(rows: Any) -> Any:
    """Return the rows (n, d; an array or CSR) and below them those of the swapped pairs, (2n, d)."""
    if isinstance(rows, np.ndarray):
        return np.concatenate([rows, -rows])
    from scipy.sparse import vstack

    return vstack([rows, -rows], "csr")


def lesson(rows: Any, labels: Sequence[str], *weights: np.ndarray) -> tuple[Any, ...]:
    """Return rows and labels of pairs from both sides, and each list of weights, halved: 2n of each.

    Together the two sides of a pair count as much as one example.
    """
    halves = (np.tile(np.asarray(one, np.float64) / 2, 2) for one in weights)
    return both(rows), [*labels, *swapped(labels)], *halves


def swapped(labels: Sequence[str]) -> list[str]:
    """Return what the labels are once a and b have changed places."""
    return [SWAPPED.get(label, label) for label in labels]


def evened(said: np.ndarray, said_swapped: np.ndarray, classes: Sequence[str]) -> np.ndarray:
    """Return the mean of what is said of pairs and of the same pairs swapped, (n, classes).

    With it the order in which two answers come has no influence at all.
    """
    back = [classes.index(name) for name in swapped(classes)]
    return (said + said_swapped[:, back]) / 2
