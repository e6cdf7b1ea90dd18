"""How far classes are apart, where they are more than equal or not: (classes, classes), in [0, 1]."""

from __future__ import annotations

import numpy as np

from audit.agreement.intervals import Array


def linear(classes: int) -> Array:
    """Return how many steps ordered classes are apart (Cicchetti and Allison 1971)."""
    return _scaled(np.abs(np.subtract.outer(np.arange(classes), np.arange(classes))).astype(float))


def quadratic(classes: int) -> Array:
    """Return the squared number of steps between ordered classes (Fleiss and Cohen 1973)."""
    return linear(classes) ** 2


def ordinal(counts: Array) -> Array:
    """Return how far ordered classes are apart by the answers that lie between them.

    Krippendorff's ordinal metric, "Computing Krippendorff's Alpha-Reliability" (2011), of `counts` (units,
    classes).
    """
    counts = np.asarray(counts, float)
    said = counts[counts.sum(axis=1) >= 2].sum(axis=0)
    up_to = np.cumsum(said) - said / 2
    return _scaled(np.subtract.outer(up_to, up_to) ** 2)


def interval(values: Array) -> Array:
    """Return the squared difference of the numbers that classes stand for."""
    return _scaled(np.subtract.outer(np.asarray(values, float), np.asarray(values, float)) ** 2)


def _scaled(apart: Array) -> Array:
    return apart / apart.max() if apart.size and apart.max() else apart
