"""Probabilities that mean what they say, from few labels, some of which are wrong."""

from dataclasses import dataclass

import numpy as np

FEWEST = 30  # labels below which nothing is fitted
FOLDS = 5
MOST = 2_000  # labels that are looked at; more move one parameter no further
FEWEST_FOR_NOISE = 100  # with fewer, a few errors of the model pass for slips of people
MOSTLY_RIGHT = 0.75  # share of labels that the model must name, for its dissent to count against a label
REACH = 3.0  # the temperature's logarithm stays within ±3
GOLDEN = (5**0.5 - 1) / 2
# The prior of the share of mistakes: as if SEEN labels had been checked and PRIOR·SEEN were wrong.
PRIOR, SEEN = 0.02, 50


@dataclass(frozen=True)
class Calibration:
    """A power for every probability (1 changes nothing) and the share of labels that look mistaken."""

    sharpness: float = 1.0
    label_noise: float = 0.0

    def apply(self, probabilities: np.ndarray) -> np.ndarray:
        """Return softmax(sharpness · log p): (n, classes), rows sum to 1, the order of classes is kept."""
        return _softmax(self.sharpness * _log(probabilities))


def fit(
    probabilities: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    most_noise: float = 0.0,
    seed: int = 0,
) -> Calibration:
    """Return temperature scaling of the whole vector (Guo et al. 2017) fitted to `labels`, int (n,).

    `probabilities` (n, classes) must come from a model that did not train on these labels. Identity, unless
    cross-validated log loss improves and there are FEWEST labels. `most_noise` above 0 also estimates the
    share of mistaken labels, up to that, where FEWEST_FOR_NOISE labels and a model that is MOSTLY_RIGHT allow
    it: a person's slip, uniform over the other classes, must not be read as the model's overconfidence (the
    forward correction of Patrini et al. 2017, with one rate).
    """
    weights = np.ones(len(labels)) if weights is None else np.asarray(weights, np.float64)
    if len(probabilities) != len(labels) or len(weights) != len(labels):
        raise ValueError("probabilities, labels and weights must have the same length")
    if len(labels) < FEWEST or weights.sum() <= 0:
        return Calibration()
    if len(labels) > MOST:
        some = np.random.default_rng(seed).choice(len(labels), MOST, replace=False)
        probabilities, labels, weights = probabilities[some], labels[some], weights[some]
    agreed = np.average(probabilities.argmax(axis=1) == labels, weights=weights)
    if len(labels) < FEWEST_FOR_NOISE or agreed < MOSTLY_RIGHT:
        most_noise = 0.0
    logs = _log(probabilities)
    fold = np.random.default_rng(seed).permutation(len(labels)) % FOLDS
    gain = 0.0
    for held in range(FOLDS):
        train, test = fold != held, fold == held
        found = _fit(logs[train], labels[train], weights[train], most_noise)
        plain = Calibration(label_noise=found.label_noise)
        gain += _loss(plain, logs[test], labels[test], weights[test])
        gain -= _loss(found, logs[test], labels[test], weights[test])
    whole = _fit(logs, labels, weights, most_noise)
    return whole if gain > 0 else Calibration(label_noise=whole.label_noise)


def trust(calibration: Calibration, probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return per label the probability that it is right, given the (calibrated) out-of-fold prediction.

    Bayes with the noise rate e: (1-e)·p / ((1-e)·p + e·(1-p)/(classes-1)).
    """
    noise, classes = calibration.label_noise, probabilities.shape[1]
    if noise == 0 or classes < 2:
        return np.ones(len(labels))
    p = calibration.apply(probabilities)[np.arange(len(labels)), labels]
    right = (1 - noise) * p
    return right / (right + noise * (1 - p) / (classes - 1) + 1e-12)


def log_loss(
    calibration: Calibration, probabilities: np.ndarray, labels: np.ndarray, weights: np.ndarray
) -> float:
    """Return the weighted mean of -log P(the label as given), its possible slip included."""
    return _loss(calibration, _log(probabilities), labels, weights) / float(weights.sum())


def _fit(logs: np.ndarray, labels: np.ndarray, weights: np.ndarray, most_noise: float) -> Calibration:
    scale = len(labels) / weights.sum()  # the prior counts in labels

    def cost(noise: float, power: float) -> float:
        loss = scale * _loss(Calibration(float(np.exp(power)), noise), logs, labels, weights)
        if most_noise > 0:
            loss -= SEEN * (PRIOR * np.log(noise + 1e-4) + (1 - PRIOR) * np.log1p(-noise))
        return loss

    best = (np.inf, 0.0, 0.0)
    for noise in np.linspace(0, most_noise, 9) if most_noise > 0 else (0.0,):
        power = _golden(lambda b, e=float(noise): cost(e, b), -REACH, REACH)
        best = min(best, (cost(float(noise), power), power, float(noise)))
    return Calibration(float(np.exp(best[1])), best[2])


def _golden(function, low: float, high: float, tolerance: float = 0.01) -> float:
    """Return where a one-humped function is least (Kiefer 1953)."""
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    while high - low > tolerance:
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = function(right)
    return (low + high) / 2


def _loss(calibration: Calibration, logs: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    p = _softmax(calibration.sharpness * logs)[np.arange(len(labels)), labels]
    noise, others = calibration.label_noise, max(logs.shape[1] - 1, 1)
    seen = (1 - noise) * p + noise * (1 - p) / others
    return float(-(weights * np.log(np.maximum(seen, 1e-12))).sum())


def _log(probabilities: np.ndarray) -> np.ndarray:
    return np.log(np.clip(np.asarray(probabilities, np.float64), 1e-12, 1))


def _softmax(logits: np.ndarray) -> np.ndarray:
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponents / exponents.sum(axis=1, keepdims=True)
