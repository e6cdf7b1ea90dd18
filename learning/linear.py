"""Logistic regression by scikit-learn, on the inputs as they are or lifted by random Fourier features."""

from functools import partial
from typing import Any

import numpy as np

from learning.predictors import LinearPredictor, Lift

PLAIN = (0.03, 0.3, 3.0)
SPARSE = (1.0, 10.0, 100.0)
LIFTED = (10.0, 100.0)
WIDTH = 1024  # random features
NARROW = 3.0  # the kernel's reach is the median distance divided by the square root of this
WIDEST_INPUT = 1024
ABSENT = -20.0  # logit of a class without labels, e^-20 of the others


def settings(rows: Any, y: np.ndarray, seed: int) -> dict[str, partial]:
    """Return the settings to choose from, the safest for few labels first.

    Sparse rows are fitted as they are. Dense ones also through random Fourier features, where there are at
    least as many labels as make the wider model worth its time.
    """
    if not isinstance(rows, np.ndarray):
        return {f"C={c:g}": partial(fit, c=c, lift=None) for c in SPARSE}
    found = {f"C={c:g}": partial(fit, c=c, lift=None) for c in PLAIN}
    if rows.shape[1] <= WIDEST_INPUT:
        lift = _lift(rows, seed)
        found |= {f"kernel, C={c:g}": partial(fit, c=c, lift=lift) for c in LIFTED}
    return found


def fit(
    rows: Any,
    y: np.ndarray,
    weights: np.ndarray,
    classes: int,
    seed: int,
    parent: object,
    *,
    c: float,
    lift: Lift | None,
) -> LinearPredictor:
    """Return the multinomial logistic regression with penalty 1/c that scikit-learn finds."""
    from sklearn.linear_model import LogisticRegression

    used = np.flatnonzero(weights > 0)
    inputs = lift(rows[used]) if lift else rows[used]
    model = LogisticRegression(C=c, max_iter=300, tol=1e-3)
    model.fit(inputs, y[used], sample_weight=weights[used])
    return export(model, classes, lift)


def export(model: Any, classes: int, lift: Lift | None = None) -> LinearPredictor:
    """Return a fitted LogisticRegression, whose labels are columns, as arrays over all `classes`."""
    weights = np.zeros((model.coef_.shape[1], classes), np.float32)
    bias = np.full(classes, ABSENT, np.float32)
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes: the logit of the second
        weights[:, model.classes_[1]], bias[model.classes_] = model.coef_[0], (0, model.intercept_[0])
    else:
        weights[:, model.classes_], bias[model.classes_] = model.coef_.T, model.intercept_
    return LinearPredictor(weights, bias, lift)


def _lift(rows: np.ndarray, seed: int) -> Lift:
    """Return random features of the Gaussian kernel whose reach follows the median distance between rows."""
    rng = np.random.default_rng(seed)
    some = rows[rng.choice(len(rows), min(len(rows), 500), replace=False)].astype(np.float64)
    gaps = np.square(some - some[rng.permutation(len(some))]).sum(axis=1)
    median = float(np.median(gaps[gaps > 0])) if (gaps > 0).any() else 1.0
    directions = rng.normal(scale=np.sqrt(2 * NARROW / median), size=(rows.shape[1], WIDTH))
    phases = rng.uniform(0, 2 * np.pi, WIDTH)
    return Lift(directions.astype(np.float32), phases.astype(np.float32))
