"""What models say in tests of the gate: right where they should be, as sure as they should be."""

import numpy as np

from learning.judging.evidence import Evidence


def evidence(right, columns=4, confidence=0.9, labels=None, **more):
    """Return what a model says that is right where `right` is true, as sure as `confidence`, one or (n,)."""
    right = np.asarray(right)
    labels = np.arange(len(right)) % columns if labels is None else labels
    sure = np.broadcast_to(confidence, len(right))
    p = np.repeat(((1 - sure) / (columns - 1))[:, None], columns, axis=1)
    p[np.arange(len(right)), np.where(right, labels, (labels + 1) % columns)] = sure
    return Evidence(p, labels, **more)


def hits(n, accuracy, seed=0):
    """Return which of n answers are right: this share of them, in random order."""
    return np.random.default_rng(seed).permutation(np.arange(n) < round(n * accuracy))


def honest(n, seed=0, worst=0.5):
    """Return evidence of a model whose confidences are what they say, spread evenly from `worst` to 1."""
    r = np.random.default_rng(seed)
    sure = r.uniform(worst, 1, n)
    return evidence(r.random(n) < sure, confidence=sure)
