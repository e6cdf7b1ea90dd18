"""Logistic regression by scikit-learn, on the inputs as they are or lifted by random Fourier features."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from learning.learners.predictors import Lift, LinearPredictor
from learning.learners.setting import Setting

PLAIN = (0.3, 0.03, 3.0)
SPARSE = (10.0, 100.0, 1.0)
LIFTED = (10.0, 100.0)
WIDTH = 1024  # random features
NARROW = 3.0  # the kernel's reach is the median distance divided by the square root of this
WIDEST_INPUT = 1024
MOST_SPANNED = 2_000
BELOW = 2.0  # by how much the bias of a class without labels lies under the least of the others


def settings(rows: Any, y: np.ndarray, seed: int) -> dict[str, Setting]:
    """Return the settings to choose from, the safest for few labels first.

    Dense rows are tried as they are and through random Fourier features. Sparse rows are replaced by their
    coordinates in the space that they span: the penalised fit lies in it, so the result is the same, found in
    a twelfth of the time at 1,000 texts and 77 classes. Beyond MOST_SPANNED rows they are taken as they are.
    """
    if not isinstance(rows, np.ndarray):
        inputs, close = _span(rows) if rows.shape[0] <= MOST_SPANNED else (rows, None)
        extra = {"close": close} if close else {}
        return {f"C={c:g}": Setting(inputs, partial(fit, c=c), **extra) for c in SPARSE}
    found = {f"C={c:g}": Setting(rows, partial(fit, c=c)) for c in PLAIN}
    if rows.shape[1] <= WIDEST_INPUT:
        lift = _lift(rows, seed)
        lifted, close = lift(rows), partial(replace, lift=lift)
        found |= {f"kernel, C={c:g}": Setting(lifted, partial(fit, c=c), close) for c in LIFTED}
    return found


def fit(
    rows: Any, y: np.ndarray, weights: np.ndarray, classes: int, seed: int, parent: object, *, c: float
) -> LinearPredictor:
    """Return the multinomial logistic regression with penalty 1/c that scikit-learn finds."""
    from sklearn.linear_model import LogisticRegression

    used = np.flatnonzero(weights > 0)
    model = LogisticRegression(C=c, max_iter=300, tol=1e-3)
    model.fit(rows[used], y[used], sample_weight=weights[used])
    return export(model, classes)


def export(model: Any, classes: int) -> LinearPredictor:
    """Return a fitted LogisticRegression, whose labels are column numbers, as arrays over all `classes`."""
    coefficients, biases = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes: the logit of the second
        coefficients = np.concatenate([-coefficients, coefficients]) / 2
        biases = np.concatenate([-biases, biases]) / 2
    weights = np.zeros((coefficients.shape[1], classes), np.float32)
    bias = np.full(classes, biases.min() - BELOW, np.float32)
    weights[:, model.classes_], bias[model.classes_] = coefficients.T, biases
    return LinearPredictor(weights, bias)


def _span(rows: Any) -> tuple[np.ndarray, partial]:
    """Return coordinates (n, r) of CSR rows in an orthonormal basis of their span, and the way back."""
    squared, axes = np.linalg.eigh((rows @ rows.T).toarray().astype(np.float64))
    kept = squared > 1e-6 * max(squared[-1], 1e-12)
    lengths, axes = np.sqrt(squared[kept]), axes[:, kept]
    return axes * lengths, partial(_unspan, rows=rows, axes=axes / lengths)


def _unspan(predictor: LinearPredictor, rows: Any, axes: np.ndarray) -> LinearPredictor:
    return replace(predictor, weights=(rows.T @ (axes @ predictor.weights)).astype(np.float32))


def _lift(rows: np.ndarray, seed: int) -> Lift:
    """Return random features of the Gaussian kernel whose reach follows the median distance between rows."""
    rng = np.random.default_rng(seed)
    some = rows[rng.choice(len(rows), min(len(rows), 500), replace=False)].astype(np.float64)
    gaps = np.square(some - some[rng.permutation(len(some))]).sum(axis=1)
    median = float(np.median(gaps[gaps > 0])) if (gaps > 0).any() else 1.0
    directions = rng.normal(scale=np.sqrt(2 * NARROW / median), size=(rows.shape[1], WIDTH))
    phases = rng.uniform(0, 2 * np.pi, WIDTH)
    return Lift(directions.astype(np.float32), phases.astype(np.float32))
