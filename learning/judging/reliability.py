"""Whether confidences mean what they say: bins of a reliability picture, and the calibration error."""

from dataclasses import dataclass

import numpy as np

from routing.backtest.estimates import Z, wilson

BINS = 15
IN_A_BIN = 20  # labels; with fewer in each the bins show noise
BLOCKS, ROUNDS = 8, 25  # of resamples: few at a time, so that memory is bounded


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence: their mean confidence, how many are right, Wilson's interval."""

    confidence: float
    accuracy: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Error:
    """The expected calibration error: as seen, without what chance adds to it, and its 95 % interval."""

    raw: float
    value: float
    low: float
    high: float


def bins(top: np.ndarray, right: np.ndarray, weights: np.ndarray) -> list[Bin]:
    """Return up to 15 bins of equal count by confidence `top` (n,), `right` (n,) saying which were right."""
    order = np.argsort(top, kind="stable")
    found = []
    for part in np.split(order, _starts(len(top))[1:]):
        weight = weights[part]
        accuracy = float(np.average(right[part], weights=weight))
        size = float(weight.sum() ** 2 / np.square(weight).sum())
        confidence = float(np.average(top[part], weights=weight))
        found.append(Bin(confidence, accuracy, *wilson(accuracy, size), len(part)))
    return found


def calibration_error(top: np.ndarray, right: np.ndarray, weights: np.ndarray, *, seed: int = 0) -> Error:
    """Return the gap between confidence and accuracy, averaged over `bins` by the weight in them.

    Few labels to a bin leave a gap even where every confidence is right. How large a gap, is found by
    drawing what would have been right 200 times with the confidences themselves as chances. It is taken off
    in squares, as independent deviations add up; taken off plainly it would also hide what is really wrong.
    The interval is normal, its width by 200 resamples of the labels (Efron 1979).
    """
    random = np.random.default_rng(seed)
    order = np.argsort(top, kind="stable")
    top, right, weights = top[order], right[order].astype(np.float64), weights[order].astype(np.float64)
    starts = _starts(len(top))
    raw = float(_gaps(right - top, weights[None], starts)[0])
    by_chance, drawn = [], []
    for _ in range(BLOCKS):
        chance = random.random((ROUNDS, len(top))) < top
        by_chance.append(_gaps(chance - top, weights[None], starts))
        drawn.append(_gaps(right - top, weights * random.poisson(1.0, (ROUNDS, len(top))), starts))
    value = float(np.sqrt(max(raw**2 - float(np.mean(by_chance)) ** 2, 0.0)))
    half = Z * float(np.std(drawn))
    return Error(raw, value, max(value - half, 0.0), min(value + half, 1.0))


def _starts(count: int) -> np.ndarray:
    number = min(max(count // IN_A_BIN, 1), BINS)
    return np.linspace(0, count, number + 1).astype(np.intp)[:-1]


def _gaps(gaps: np.ndarray, weights: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the mean gap over the bins for each row of `gaps` or `weights`, (m, n) both or (n,) one."""
    total = np.maximum(weights.sum(axis=-1), 1e-12)
    return np.abs(np.add.reduceat(weights * gaps, starts, axis=-1)).sum(axis=-1) / total
