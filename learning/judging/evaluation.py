"""How good a model is on labels that it has not seen: numbers with intervals, on the whole and by slice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from routing.backtest.estimates import wilson

RESAMPLES = 1000
BINS = 15
LONG_TAIL = 0.05  # classes that make up less than this share of the labels
ALL, TAIL = "all", "long tail"


@dataclass(frozen=True)
class Metric:
    """One number on one slice: its 95 % interval (None where n is too small for one) and labels behind it."""

    name: str
    slice: str
    value: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Difference:
    """How much more often the second model is right: a share, its interval, and who won how often."""

    value: float
    low: float
    high: float
    wins: int
    losses: int
    n: int


def measure(
    probabilities: np.ndarray,
    labels: np.ndarray,
    *,
    classes: Sequence[str],
    weights: np.ndarray | None = None,
    slices: Mapping[str, np.ndarray] | None = None,
    seed: int = 0,
) -> list[Metric]:
    """Return the metrics of `probabilities` (n, classes) against `labels`, int (n,), columns of them.

    Overall: accuracy, macro_f1, weighted_f1, log_loss, ece, brier. By class ("class: NAME"): recall and
    precision. Accuracy on the "long tail" (classes below 5 % of the labels) and on each value of each of
    `slices`, text (n,), as "NAME=VALUE". `weights` are 1 / the probability of having been labelled. Intervals
    by percentile bootstrap of 1,000 resamples (Efron 1979), except shares of few: those are Wilson's.
    """
    labels, count = np.asarray(labels), len(labels)
    if count == 0 or len(probabilities) != count:
        raise ValueError("measuring needs as many labels as rows of probabilities, and at least one")
    weights = np.ones(count) if weights is None else np.asarray(weights, np.float64)
    right = probabilities.argmax(axis=1) == labels
    metrics = _overall(probabilities, labels, weights, len(classes), seed)
    metrics += _by_class(probabilities.argmax(axis=1), labels, weights, classes)
    shares = np.bincount(labels, weights, len(classes)) / weights.sum()
    parts = {TAIL: shares[labels] < LONG_TAIL}
    for name, values in (slices or {}).items():
        parts |= {f"{name}={value}": values == value for value in sorted(set(values.tolist()))}
    metrics += [
        _share("accuracy", name, right[part], weights[part]) for name, part in parts.items() if part.any()
    ]
    return metrics


def automation(
    probabilities: np.ndarray,
    labels: np.ndarray,
    threshold: float,
    weights: np.ndarray | None = None,
) -> tuple[float, float | None]:
    """Return the share of rows whose top probability reaches `threshold`, and the accuracy among those.

    The accuracy is None where there are none.
    """
    weights = np.ones(len(labels)) if weights is None else np.asarray(weights, np.float64)
    sure = probabilities.max(axis=1) >= threshold
    right = probabilities.argmax(axis=1) == labels
    share = float(weights[sure].sum() / weights.sum())
    return share, float(np.average(right[sure], weights=weights[sure])) if sure.any() else None


def paired_difference(
    champion: np.ndarray,
    challenger: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    level: float = 0.95,
) -> Difference:
    """Return accuracy of `challenger` minus that of `champion`, (n, classes) each, on the same labels.

    The interval is two-sided: that of the mean of the pairs' differences, with half a win and half a loss
    added so that a few pairs which all agree do not look certain (Agresti and Min 2005).
    """
    weights = np.ones(len(labels)) if weights is None else np.asarray(weights, np.float64)
    if len(labels) == 0:
        return Difference(0.0, -1.0, 1.0, 0, 0, 0)
    score = (challenger.argmax(axis=1) == labels) * 1.0 - (champion.argmax(axis=1) == labels)
    weights = weights / weights.sum()
    value = float(weights @ score)
    effective = 1 / float(np.square(weights).sum())
    spread = float(weights @ np.square(score)) * effective + 1.0
    size = effective + 2.0
    error = np.sqrt(max(spread / size - value**2, 0) / size) * _z(level)
    wins, losses = int((score > 0).sum()), int((score < 0).sum())
    return Difference(value, max(value - error, -1.0), min(value + error, 1.0), wins, losses, len(labels))


def macro_f1(predicted: Sequence[str], truth: Sequence[str]) -> float:
    """Return the unweighted mean over all classes met of 2·hits / (times predicted + times true)."""
    if len(predicted) != len(truth) or not len(truth):
        raise ValueError("macro F1 needs as many predictions as true labels, and at least one")
    pairs = list(zip(predicted, truth, strict=True))
    met = {label for pair in pairs for label in pair}
    return sum(
        2 * sum(p == t == c for p, t in pairs) / sum((p == c) + (t == c) for p, t in pairs) for c in met
    ) / len(met)


def _z(level: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + level) / 2)


def _overall(
    probabilities: np.ndarray, labels: np.ndarray, weights: np.ndarray, classes: int, seed: int
) -> list[Metric]:
    drawn = np.random.default_rng(seed).multinomial(
        len(labels), np.full(len(labels), 1 / len(labels)), RESAMPLES
    )
    resampled = (drawn * weights).astype(np.float32)
    every = np.concatenate([weights[None].astype(np.float32), resampled])
    top, said = probabilities.max(axis=1), probabilities.argmax(axis=1)
    right = (said == labels).astype(np.float32)
    chosen = probabilities[np.arange(len(labels)), labels]
    brier = np.square(probabilities).sum(axis=1) - 2 * chosen + 1
    total = every.sum(axis=1)
    macro, weighted = _f1(said, labels, right, every, classes)
    values = {
        "accuracy": every @ right / total,
        "macro_f1": macro,
        "weighted_f1": weighted,
        "log_loss": every @ -np.log(np.maximum(chosen, 1e-12)).astype(np.float32) / total,
        "ece": _binned(top, right - top, every),
        "brier": every @ brier.astype(np.float32) / total,
    }
    bounded = partial(_percentiles, labels=len(labels))
    return [Metric(name, ALL, float(v[0]), *bounded(v[1:]), len(labels)) for name, v in values.items()]


def _percentiles(values: np.ndarray, labels: int) -> tuple[float | None, float | None]:
    if labels < 10:
        return None, None
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)


def _f1(
    said: np.ndarray, labels: np.ndarray, right: np.ndarray, every: np.ndarray, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    columns = np.arange(classes)
    true = every @ (labels[:, None] == columns).astype(np.float32)
    guessed = every @ (said[:, None] == columns).astype(np.float32)
    hits = every @ ((labels[:, None] == columns) * right[:, None]).astype(np.float32)
    met = true + guessed > 0
    f1 = np.divide(2 * hits, true + guessed, out=np.zeros_like(hits), where=met)
    return f1.sum(axis=1) / np.maximum(met.sum(axis=1), 1), (f1 * true).sum(axis=1) / true.sum(axis=1)


def _binned(top: np.ndarray, gap: np.ndarray, every: np.ndarray) -> np.ndarray:
    # Bins of equal count, fixed on the sample: |sum of gaps| per bin, added up, per set of weights.
    order = np.argsort(top, kind="stable")
    starts = np.unique(np.linspace(0, len(top), min(BINS, len(top)) + 1).astype(np.intp)[:-1])
    sums = np.add.reduceat(every[:, order] * gap[order].astype(every.dtype), starts, axis=1)
    return np.abs(sums).sum(axis=1) / every.sum(axis=1)


def _by_class(
    said: np.ndarray, labels: np.ndarray, weights: np.ndarray, classes: Sequence[str]
) -> list[Metric]:
    found = []
    for column, name in enumerate(classes):
        for metric, among in (("recall", labels == column), ("precision", said == column)):
            if among.any():
                found.append(_share(metric, f"class: {name}", (said == labels)[among], weights[among]))
    return found


def _share(name: str, part: str, right: np.ndarray, weights: np.ndarray) -> Metric:
    value = float(np.average(right, weights=weights))
    effective = float(weights.sum() ** 2 / np.square(weights).sum())
    return Metric(name, part, value, *wilson(value, effective), len(right))
