"""Logistic regression by scikit-learn, on the inputs as they are or lifted by random Fourier features."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from learning.learners.predictors import BELOW, Lift, LinearPredictor, softmax
from learning.learners.setting import Setting, unchanged

PLAIN = (0.3, 0.03, 3.0)
SPARSE = (10.0, 100.0, 1.0)
LIFTED = (10.0, 100.0)
WIDTH = 1024  # random features
NARROW = 3.0  # the kernel's reach is the median distance divided by the square root of this
WIDEST_INPUT = 1024
MOST_SPANNED = 2_000
RANK = 500
# What one fit may cost: numbers in the rows × classes × steps, a minute at most, of sparse rows and of dense.
MOST_SPARSE, MOST_DENSE = 5e10, 1e12
MOST_NUMBERS = 100_000_000  # of dense rows that are fitted at once: 400 MB
MOST_STEPS, FEWEST_STEPS = 300, 30
STEPS, CLOSE = 100, 1e-5  # of L-BFGS: at most so many, and how little the last one gains
SHRINK = 1e-4


def settings(rows: Any, y: np.ndarray, seed: int, device: str = "auto") -> dict[str, Setting]:
    """Return the settings to choose from, the safest for few labels first; the CPU alone fits them.

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
        found |= {f"kernel, C={c:g}": Setting(rows, partial(fit, c=c, lift=lift)) for c in LIFTED}
    return found


def fit(
    rows: Any,
    y: np.ndarray,
    weights: np.ndarray,
    classes: int,
    seed: int,
    *,
    c: float,
    lift: Lift | None = None,
) -> LinearPredictor:
    """Return the multinomial logistic regression with penalty 1/c that scikit-learn finds, of lifted rows.

    The more rows, the fewer steps it takes, at least FEWEST_STEPS; of more rows than bear so many a sample
    drawn evenly is learnt.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    used, steps = _affordable(rows, np.flatnonzero(weights > 0), len(set(y.tolist())), seed, lift)
    model = LogisticRegression(C=c, max_iter=steps, tol=1e-3)
    inputs = lift(rows[used]) if lift else rows[used]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # steps are limited on purpose
        model.fit(inputs, y[used], sample_weight=weights[used])
    return replace(export(model, classes), lift=lift)


def _affordable(
    rows: Any, used: np.ndarray, classes: int, seed: int, lift: Lift | None
) -> tuple[np.ndarray, int]:
    """Return which of the rows `used` to learn from, and in how many steps."""
    dense = isinstance(rows, np.ndarray)
    width = (WIDTH if lift else rows.shape[1]) if dense else max(1.0, rows.nnz / rows.shape[0])
    most = (MOST_DENSE if dense else MOST_SPARSE) / (width * classes)
    count = int(min(most / FEWEST_STEPS, MOST_NUMBERS / width))
    if len(used) > count:
        used = np.sort(np.random.default_rng(seed).choice(used, count, replace=False))
    return used, int(min(MOST_STEPS, most / len(used)))


def tune(
    rows: Any,
    targets: np.ndarray,
    weights: np.ndarray,
    parent: LinearPredictor,
    old: np.ndarray,
    *,
    hold: float,
    seed: int,
    device: str,
) -> LinearPredictor:
    """Return `parent` moved towards `targets` (n, classes), held where it knows the rows at `old`.

    Least weighted cross entropy + hold·F·change² + SHRINK·change², F being the diagonal of the Fisher
    information of the old rows under the parent: elastic weight consolidation (Kirkpatrick et al. 2017). The
    sum is convex, so L-BFGS finds the one answer. Sparse rows are replaced by their coordinates in the space
    that they span, outside of which nothing pulls the weights; beyond MOST_SPANNED rows by its RANK
    directions of most variance.
    """
    before = np.asarray(parent.logits(rows), np.float64)
    inputs, close = _moved(parent.lift(rows) if parent.lift else rows, seed)
    inputs = np.hstack([inputs, np.ones((len(inputs), 1))])
    p = softmax(before[old])
    stiff = SHRINK + hold * np.square(inputs[old]).T @ (p * (1 - p)) / len(old)
    change = _least(inputs, before, targets, (weights / weights.sum())[:, None], stiff).astype(np.float32)
    moved = close(LinearPredictor(change[:-1], change[-1]))
    return replace(parent, weights=parent.weights + moved.weights, bias=parent.bias + moved.bias)


def _moved(rows: Any, seed: int) -> tuple[np.ndarray, Callable[[LinearPredictor], LinearPredictor]]:
    """Return the coordinates in which weights are moved, and the way back to the rows' own columns."""
    if isinstance(rows, np.ndarray):
        return rows, unchanged
    return _span(rows) if rows.shape[0] <= MOST_SPANNED else _widest(rows, seed)


def _least(
    inputs: np.ndarray, before: np.ndarray, targets: np.ndarray, share: np.ndarray, stiff: np.ndarray
) -> np.ndarray:
    """Return the change (d, classes) with the least cross entropy of softmax(before + inputs·change)."""
    from scipy.optimize import minimize

    # Each weight is counted in steps of its own curvature, or the stiffest would slow all others down.
    p = softmax(before)
    step = 1 / np.sqrt(2 * stiff + np.square(inputs).T @ (share * (p * (1 - p) + SHRINK)))

    def cost(flat: np.ndarray) -> tuple[float, np.ndarray]:
        change = step * flat.reshape(stiff.shape)
        p = softmax(before + inputs @ change)
        loss = -(share * targets * np.log(np.maximum(p, 1e-12))).sum() + (stiff * change**2).sum()
        return float(loss), (step * (inputs.T @ (share * (p - targets)) + 2 * stiff * change)).ravel()

    limits = {"maxiter": STEPS, "ftol": CLOSE}
    found = minimize(cost, np.zeros(stiff.size), jac=True, method="L-BFGS-B", options=limits)
    return step * found.x.reshape(stiff.shape)


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


def _widest(rows: Any, seed: int) -> tuple[np.ndarray, partial]:
    """Return coordinates (n, RANK) of CSR rows along their directions of most variance, and the way back."""
    from sklearn.utils.extmath import randomized_svd

    _, _, axes = randomized_svd(rows, min(RANK, *rows.shape), n_iter=2, random_state=seed)
    return rows @ axes.T, partial(_along, axes=axes)


def _along(predictor: LinearPredictor, axes: np.ndarray) -> LinearPredictor:
    return replace(predictor, weights=(axes.T @ predictor.weights).astype(np.float32))


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
