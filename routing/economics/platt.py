"""The probability that an answer is right, from its score and the answers that people know to be right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

EDGE = 1e-6
FEWEST = 30  # answers below which a score is taken at its word
FOLDS = 5
STRENGTH = 100.0  # of the data against the ridge on the slope; scikit-learn calls it C
CLEAR = 2.0
STEPS = 50


@dataclass(frozen=True)
class Platt:
    """A probability of a score: σ(slope · logit(score) + intercept); 1 and 0 leave it as it is.

    `answers` says from how many it was fitted; 0 where it was not.
    """

    slope: float = 1.0
    intercept: float = 0.0
    answers: int = 0

    def probability(self, scores: ArrayLike) -> np.ndarray:
        """Return the probability that answers of these scores are right, in their shape."""
        return _sigmoid(self.slope * _logit(scores) + self.intercept)


def fit(scores: ArrayLike, right: ArrayLike, weights: ArrayLike | None = None, *, seed: int = 0) -> Platt:
    """Return Platt's map (1999) of scores (n,) in [0, 1], given which answers are right, bool (n,).

    `weights` (n,) are the inverse probabilities with which the truth came to be known. The slope is never
    negative, so that a higher score is never worse. What is returned leaves scores as they are, unless there
    are FEWEST answers and cross-validated log loss improves by more than CLEAR standard errors: where errors
    are few, a map fitted to them costs more than it mends. Raises ValueError on lengths that differ.
    """
    x, y = _logit(scores), np.asarray(right, dtype=np.float64)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not len(x) == len(y) == len(w):
        raise ValueError("Scores, truths and weights must have the same length.")
    if len(x) < FEWEST or not w.sum() > 0:
        return Platt()
    fold = np.random.default_rng(seed).permutation(len(x)) % FOLDS
    gain = np.zeros(len(x))
    for held in range(FOLDS):
        train, test = fold != held, fold == held
        slope, intercept = newton(x[train], y[train], w[train])
        plain, mapped = _losses(x[test], y[test]), _losses(slope * x[test] + intercept, y[test])
        gain[test] = w[test] * (plain - mapped)
    if gain.sum() <= CLEAR * np.sqrt(len(gain)) * gain.std():
        return Platt()
    return Platt(*newton(x, y, w), answers=len(x))


def newton(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[float, float]:
    """Return slope and intercept of the weighted logistic regression of `y` on the logits `x`, all (n,).

    Weights count as their mean were 1. The slope bears a ridge, and the targets are Platt's (n₊+1)/(n₊+2) and
    1/(n₋+2), which keep the optimum finite where all answers are right.
    """
    w = w * (len(w) / w.sum())
    aims = targets(y, w)
    features = np.column_stack([x, np.ones(len(x))])
    ridge = np.array([1 / STRENGTH, 0.0])
    at = np.array([1.0, 0.0])
    for _ in range(STEPS):
        p = _sigmoid(features @ at)
        slope = features.T @ (w * (p - aims)) + ridge * at
        curve = (features * (w * p * (1 - p))[:, None]).T @ features + np.diag(ridge + 1e-12)
        step = np.linalg.solve(curve, slope)
        at = _downhill(features, aims, w, ridge, at, step)
        if np.abs(step).max() < 1e-10:
            break
    if at[0] >= 0:
        return float(at[0]), float(at[1])
    mean = np.average(aims, weights=w)
    return 0.0, float(np.log(mean / (1 - mean)))


def targets(y: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return Platt's targets (n,) for truths 0 or 1, in place of certainty."""
    positive, negative = w @ y, w @ (1 - y)
    return np.where(y > 0, (positive + 1) / (positive + 2), 1 / (negative + 2))


def _downhill(
    features: np.ndarray, aims: np.ndarray, w: np.ndarray, ridge: np.ndarray, at: np.ndarray, step: np.ndarray
) -> np.ndarray:
    """Return the end of the Newton step, halved until it is no worse than where it began."""

    def cost(where: np.ndarray) -> float:
        return float(w @ _losses(features @ where, aims) + ridge @ (where * where) / 2)

    before = cost(at)
    for _ in range(30):
        if cost(at - step) <= before:
            return at - step
        step = step / 2
    return at


def _losses(x: np.ndarray, aims: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, x) - aims * x


def _logit(scores: ArrayLike) -> np.ndarray:
    inside = np.clip(np.asarray(scores, dtype=np.float64), EDGE, 1 - EDGE)
    return np.log(inside / (1 - inside))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -x))
