"""How good a model is on labels that it has not seen: numbers with intervals, on the whole and by slice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from learning.judging import reliability
from routing.backtest.estimates import wilson

RESAMPLES = 1000
CELLS = 4_000_000  # of resampled weights that are held in memory at once
ENOUGH_FOR_INTERVAL = 10
ENOUGH_FOR_GAP = 20  # labels of a slice's value, with fewer its accuracy says nothing
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

    Overall: accuracy, macro_f1, weighted_f1, log_loss, brier, aurc (the mean error rate of the surest part,
    over all sizes of that part), ece and ece_raw (`reliability.calibration_error`). By class
    ("class: NAME"): recall and precision. Accuracy on the "long tail" (classes below 5 % of the labels) and
    on each value of each of `slices`, text (n,), as "NAME=VALUE"; the `fairness_gap` of each NAME. `weights`
    are 1 / the probability of having been labelled. Intervals of shares are Wilson's, for as many labels of
    equal weight as would say as much (Kish 1965); the others by percentile bootstrap of 1,000 resamples
    (Efron 1979), too narrow where a few labels bear most of the weight.
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
    gaps = [fairness_gap(name, values, right, weights, seed=seed) for name, values in (slices or {}).items()]
    return metrics + [gap for gap in gaps if gap]


def fairness_gap(
    name: str, values: np.ndarray, right: np.ndarray, weights: np.ndarray, *, seed: int = 0
) -> Metric | None:
    """Return how far apart the best and the worst value of a slice are in accuracy; None with fewer than two.

    Only values with 20 labels count. The interval holds for the widest of all gaps at once (the studentised
    range's idea, Tukey 1953, by parametric bootstrap), so that many values don't make a gap of chance.
    """
    names, of = np.unique(values, return_inverse=True)
    counts = np.bincount(of)
    known = np.flatnonzero(counts >= ENOUGH_FOR_GAP)
    if len(known) < 2:
        return None
    mass = np.bincount(of, weights)[known]
    rates = np.bincount(of, weights * right)[known] / mass
    sizes = np.maximum(np.round(mass**2 / np.bincount(of, np.square(weights))[known]), 1).astype(int)
    random = np.random.default_rng(seed)
    chances = (rates * sizes + 0.5) / (sizes + 1)
    errors = random.binomial(sizes, chances, (RESAMPLES, len(known))) / sizes - chances
    reach = float(np.quantile(np.ptp(errors, axis=1), 0.95))
    gap = float(np.ptp(rates))
    part = f"{name}: {names[known[rates.argmin()]]} below {names[known[rates.argmax()]]}"
    return Metric(
        "fairness_gap", part, gap, max(gap - reach, 0.0), min(gap + reach, 1.0), int(counts[known].sum())
    )


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

    Its interval is that of `mean_difference`.
    """
    score = (challenger.argmax(axis=1) == labels) * 1.0 - (champion.argmax(axis=1) == labels)
    return mean_difference(score, weights, level=level)


def mean_difference(
    score: np.ndarray, weights: np.ndarray | None = None, *, level: float = 0.95
) -> Difference:
    """Return the mean of `score` (n,): 1 where only the second model was right, -1 where only the first.

    The interval is two-sided: that of the mean of the pairs' differences, with half a win and half a loss
    added so that a few pairs which all agree do not look certain (Agresti and Min 2005).
    """
    if len(score) == 0:
        return Difference(0.0, -1.0, 1.0, 0, 0, 0)
    weights = np.ones(len(score)) if weights is None else np.asarray(weights, np.float64)
    weights = weights / weights.sum()
    value = float(weights @ score)
    effective = 1 / float(np.square(weights).sum())
    spread = float(weights @ np.square(score)) * effective + 1.0
    size = effective + 2.0
    error = np.sqrt(max(spread / size - value**2, 0) / size) * NormalDist().inv_cdf((1 + level) / 2)
    wins, losses = int((score > 0).sum()), int((score < 0).sum())
    return Difference(value, max(value - error, -1.0), min(value + error, 1.0), wins, losses, len(score))


def macro_f1(predicted: Sequence[str], truth: Sequence[str]) -> float:
    """Return the unweighted mean over all classes met of 2·hits / (times predicted + times true)."""
    if len(predicted) != len(truth) or not len(truth):
        raise ValueError("macro F1 needs as many predictions as true labels, and at least one")
    pairs = list(zip(predicted, truth, strict=True))
    met = {label for pair in pairs for label in pair}
    return sum(
        2 * sum(p == t == c for p, t in pairs) / sum((p == c) + (t == c) for p, t in pairs) for c in met
    ) / len(met)


def _overall(
    probabilities: np.ndarray, labels: np.ndarray, weights: np.ndarray, classes: int, seed: int
) -> list[Metric]:
    random, count = np.random.default_rng(seed), len(labels)
    values = _statistics(probabilities, labels, weights[None].astype(np.float32), classes)
    block = max(CELLS // count, 1)
    for start in range(0, RESAMPLES, block):
        size = min(block, RESAMPLES - start)
        drawn = random.multinomial(count, np.full(count, 1 / count), size)
        more = _statistics(probabilities, labels, (drawn * weights).astype(np.float32), classes)
        values = {name: np.concatenate([values[name], more[name]]) for name in values}
    top, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    # Resampling knows nothing of errors that few checks of great weight have missed; Wilson's interval does.
    found = [_share("accuracy", ALL, right, weights)]
    found += [
        Metric(name, ALL, float(v[0]), *_percentiles(v[1:], count), count) for name, v in values.items()
    ]
    error = reliability.calibration_error(top, right, weights, seed=seed)
    known = (error.low, error.high) if count >= ENOUGH_FOR_INTERVAL else (None, None)
    found.append(Metric("ece", ALL, error.value, *known, count))
    found.append(Metric("ece_raw", ALL, error.raw, None, None, count))
    return found


def _statistics(
    probabilities: np.ndarray, labels: np.ndarray, every: np.ndarray, classes: int
) -> dict[str, np.ndarray]:
    """Return each statistic under each row of weights `every` (m, n), as arrays (m,)."""
    said = probabilities.argmax(axis=1)
    right = (said == labels).astype(np.float32)
    chosen = probabilities[np.arange(len(labels)), labels]
    brier = np.square(probabilities).sum(axis=1) - 2 * chosen + 1
    total = every.sum(axis=1)
    macro, weighted = _f1(said, labels, right, every, classes)
    return {
        "macro_f1": macro,
        "weighted_f1": weighted,
        "log_loss": every @ -np.log(np.maximum(chosen, 1e-12)).astype(np.float32) / total,
        "brier": every @ brier.astype(np.float32) / total,
        "aurc": _aurc(probabilities.max(axis=1), right, every),
    }


def _aurc(top: np.ndarray, right: np.ndarray, every: np.ndarray) -> np.ndarray:
    surest_first = np.argsort(-top, kind="stable")
    weights = every[:, surest_first]
    wrong = (weights * (1 - right[surest_first])).cumsum(axis=1)
    mass = weights.cumsum(axis=1)
    wrong /= np.maximum(mass, 1e-12)
    return np.einsum("ij,ij->i", weights, wrong) / mass[:, -1]


def _percentiles(values: np.ndarray, labels: int) -> tuple[float | None, float | None]:
    if labels < ENOUGH_FOR_INTERVAL:
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
