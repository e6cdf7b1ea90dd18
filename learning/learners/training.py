"""Labels → a model: fitted by scikit-learn or torch, robust to mistaken labels, calibrated, given as arrays.

Every fit makes out-of-fold predictions first. They choose the settings, find the calibration, and say how far
each label can be trusted; a second pass then learns from each label as far as it is trusted. Of many labels a
sample does this, and the model is fitted twice: to all but a few, which find the calibration, and to all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from learning.learners import calibration, catalogue
from learning.learners.calibration import Calibration
from learning.learners.predictors import Predictor, softmax
from learning.learners.setting import Setting

FOLDS = 4
MOST_NOISE = 0.05
FEWEST_FOR_FOLDS = 20
# Share of labels whose class was seen in the other folds, below which rarity would pass for mistakes.
MOSTLY_KNOWN = 0.95
FINALISTS = 2  # settings that the second pass tries
MOST_FOLDED = 2_000  # labels of which all are predicted out of fold: what folds cost grows with them
SAMPLE = 1_000  # of more labels, those that choose the settings
CHUNK = 10_000

Ways = Callable[[Any], dict[str, Setting]]  # of the rows at these places


class TooFewLabels(ValueError):
    """There are not two classes with labels to tell apart."""


@dataclass(frozen=True)
class Fitted:
    """A trained model, its calibration, and how it was made.

    `classes` gives the names of the columns; `setting` says in words which setting won.
    """

    predictor: Predictor
    calibration: Calibration
    classes: tuple[str, ...]
    learner: str
    setting: str

    def predict_proba(self, rows: Any) -> np.ndarray:
        """Return calibrated probabilities, (n, classes) float64, rows sum to 1."""
        return self.calibration.apply(softmax(np.asarray(self.predictor.logits(rows), np.float64)))


def fit(
    learner: str,
    rows: Any,
    labels: Sequence[str],
    weights: np.ndarray | None = None,
    *,
    classes: Sequence[str],
    seed: int = 0,
    calibration_weights: np.ndarray | None = None,
    most_noise: float = MOST_NOISE,
    device: str = "auto",
    ensemble: int = 1,
    own: Mapping[str, str] = catalogue.NONE,
    twins: bool = False,
) -> Fitted:
    """Return the learner trained on `rows` (n, d; an array or CSR) and `labels`, names out of `classes`.

    `weights` (n,) count in training, `calibration_weights` (n,) in calibration: 1 / the probability with
    which each item came to be labelled, so that chosen hard items don't make the model look worse than it is.
    `most_noise` is the greatest share of mistaken labels to reckon with; 0 takes every label as it is.
    A class without labels keeps a column and a probability near 0. `device` (auto, cpu, cuda) is where a
    network is trained; `ensemble` is how many models are trained on resampled labels and averaged; `own` are
    a server's own learners as `catalogue.find` takes them. `twins` says that row n/2 + i is row i seen from
    another side: no model is judged by one whose twin it has learnt from. TooFewLabels: fewer than two
    classes have labels. ValueError: an unknown learner or label.
    """
    way = catalogue.find(learner, own)
    names = tuple(classes)
    y = columns(labels, names)
    weights = checked(weights, len(y))
    if len(set(y[weights > 0].tolist())) < 2:
        raise TooFewLabels(f"{len(y)} labels of {len(set(y.tolist()))} class(es): two classes are needed")
    job = _Job(y, weights, checked(calibration_weights, len(y)), len(names), seed, most_noise, twins)
    ways = partial(_settings, way, rows, y, seed, device)
    many = len(y) > MOST_FOLDED
    found = _fit_many(job, ways, rows, ensemble) if many else _fit(job, ways, ensemble)
    predictor, calibrated, setting = found
    return Fitted(predictor, calibrated, names, learner, setting)


def _settings(
    way: catalogue.Learner, rows: Any, y: np.ndarray, seed: int, device: str, places: Any
) -> dict[str, Setting]:
    """Return what there is to choose from for these of the rows."""
    return way.settings(rows[places], y[places], seed, device)


def columns(labels: Sequence[str], names: tuple[str, ...]) -> np.ndarray:
    """Return each label's column; ValueError where one is no class."""
    place = {name: i for i, name in enumerate(names)}
    unknown = sorted({label for label in labels if label not in place})
    if unknown:
        raise ValueError(f"labels that are no class: {', '.join(map(str, unknown[:5]))}")
    return np.array([place[label] for label in labels], np.intp)


@dataclass(frozen=True)
class _Job:
    y: np.ndarray
    weights: np.ndarray
    calibration_weights: np.ndarray
    classes: int
    seed: int
    most_noise: float
    twins: bool = False

    def folds(self) -> np.ndarray:
        """Return a fold for each row, twins in the same."""
        if not self.twins:
            return folds(self.y, self.seed)
        return np.tile(folds(self.y[: len(self.y) // 2], self.seed), 2)

    def some(self, count: int) -> np.ndarray:
        """Return the places of `count` rows drawn evenly, rising, twins together."""
        rng, sides = np.random.default_rng([self.seed, count]), 1 + self.twins
        drawn = np.sort(rng.choice(len(self.y) // sides, count // sides, replace=False))
        return np.concatenate([drawn + side * (len(self.y) // 2) for side in range(sides)])

    def of(self, places: np.ndarray) -> "_Job":
        """Return the job of these rows alone."""
        weights = (self.weights[places], self.calibration_weights[places])
        return _Job(self.y[places], *weights, self.classes, self.seed, self.most_noise, self.twins)


def _fit(job: _Job, ways: Ways, ensemble: int) -> tuple[Predictor, Calibration, str]:
    """Return the predictor by the best setting, its calibration, and what the setting is called."""
    settings = ways(slice(None))
    said, calibrated, trust = _choose(job, settings)
    best = settings[said].bagged(ensemble)
    if ensemble > 1 and len(job.y) >= FEWEST_FOR_FOLDS:
        # The mean of several is less sure than one of them, and mostly needs less mending.
        job = replace(job, most_noise=job.most_noise if calibrated.label_noise else 0.0)
        calibrated = _calibrated(job, _out_of_fold(job, best, job.folds(), trust))
    return best.close(_train(job, best, np.arange(len(job.y)), trust)), calibrated, _named(said, ensemble)


def _fit_many(job: _Job, ways: Ways, rows: Any, ensemble: int) -> tuple[Predictor, Calibration, str]:
    """Return what `_fit` does, from two fits: a sample chooses, and labels kept back calibrate."""
    said, trust = _chosen_by_some(job, ways, rows)
    best = ways(slice(None))[said].bagged(ensemble)
    every = np.arange(len(job.y))
    kept_back = job.some(min(calibration.MOST, len(every) // FOLDS))
    model = _train(job, best, np.setdiff1d(every, kept_back), trust)
    told = softmax(np.asarray(model.logits(best.inputs[kept_back]), np.float64))
    calibrated = _calibrated(job.of(kept_back), told)
    return best.close(_train(job, best, every, trust)), calibrated, _named(said, ensemble)


def _chosen_by_some(job: _Job, ways: Ways, rows: Any) -> tuple[str, np.ndarray]:
    """Return the setting that a sample of the labels chooses, and how far each of all labels is trusted.

    A label outside of the sample is trusted as the model of the sample tells; of a class that the sample
    lacks, fully.
    """
    some, trust = job.some(SAMPLE), np.ones(len(job.y))
    small, settings = job.of(some), ways(some)
    said, calibrated, trust[some] = _choose(small, settings)
    if calibrated.label_noise:
        best = settings[said]
        model = best.close(_train(small, best, np.arange(len(some)), trust[some]))
        rest = np.setdiff1d(np.flatnonzero(np.isin(job.y, small.y)), some)
        for start in range(0, len(rest), CHUNK):
            part = rest[start : start + CHUNK]
            told = softmax(np.asarray(model.logits(rows[part]), np.float64))
            trust[part] = calibration.trust(calibrated, told, job.y[part])
    return said, trust


def _named(said: str, ensemble: int) -> str:
    return said if ensemble == 1 else f"{said}, mean of {ensemble}"


def _choose(job: _Job, settings: dict[str, Setting]) -> tuple[str, Calibration, np.ndarray]:
    """Return the best setting's name, its calibration, and the probability that each label is right."""
    trust = np.ones(len(job.y))
    if len(job.y) < FEWEST_FOR_FOLDS:
        return next(iter(settings)), Calibration(), trust
    fold = job.folds()
    known = _known(job.y, fold)
    if known.mean() < MOSTLY_KNOWN:
        job = replace(job, most_noise=0.0)
    for last in (False, True):
        tried = {name: _out_of_fold(job, setting, fold, trust) for name, setting in settings.items()}
        found = {name: _calibrated(job, rows) for name, rows in tried.items()}
        losses = {
            name: calibration.log_loss(found[name], rows, job.y, job.calibration_weights)
            for name, rows in tried.items()
        }
        ranking = sorted(losses, key=lambda name: losses[name])
        best, settings = ranking[0], {name: settings[name] for name in ranking[:FINALISTS]}
        if last or found[best].label_noise == 0:
            break
        trust = np.where(known, calibration.trust(found[best], tried[best], job.y), 1.0)
    return best, found[best], trust


def _calibrated(job: _Job, out_of_fold: np.ndarray) -> Calibration:
    return calibration.fit(
        out_of_fold, job.y, job.calibration_weights, most_noise=job.most_noise, seed=job.seed
    )


def _out_of_fold(job: _Job, setting: Setting, fold: np.ndarray, trust: np.ndarray) -> np.ndarray:
    result = np.full((len(job.y), job.classes), 1 / job.classes)
    for held in range(FOLDS):
        train, test = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        weights = job.weights[train] * trust[train]
        if len(set(job.y[train][weights > 0].tolist())) < 2:
            continue
        model = _train(job, setting, train, trust)
        result[test] = softmax(np.asarray(model.logits(setting.inputs[test]), np.float64))
    return result


def _train(job: _Job, setting: Setting, rows: np.ndarray, trust: np.ndarray) -> Predictor:
    weights = job.weights[rows] * trust[rows]
    return setting.fit(setting.inputs[rows], job.y[rows], weights, job.classes, job.seed)


def _known(y: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Return which rows have a class that the other folds hold too; no other prediction tells of a label."""
    known = np.empty(len(y), bool)
    for held in range(FOLDS):
        known[fold == held] = np.isin(y[fold == held], y[fold != held])
    return known


def folds(y: np.ndarray, seed: int) -> np.ndarray:
    """Return a fold for each row, the classes spread evenly."""
    order = np.lexsort((np.random.default_rng(seed).random(len(y)), y))
    fold = np.empty(len(y), np.intp)
    fold[order] = np.arange(len(y)) % FOLDS
    return fold


def checked(weights: np.ndarray | None, count: int) -> np.ndarray:
    """Return the weights (count,), ones where there are none; ValueError where one is no weight."""
    weights = np.ones(count) if weights is None else np.asarray(weights, np.float64)
    if weights.shape != (count,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(f"weights must be {count} finite numbers that are not negative")
    return weights
