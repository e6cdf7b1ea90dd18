"""Labels → a model: fitted by scikit-learn or torch, robust to mistaken labels, calibrated, given as arrays.

Every fit makes out-of-fold predictions first. They choose the settings, find the calibration, and say how far
each label can be trusted; a second pass then learns from each label as far as it is trusted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    predictor, calibrated, setting = _fit(job, way.settings(rows, y, seed, device), ensemble)
    return Fitted(predictor, calibrated, names, learner, setting)


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


def _fit(job: _Job, settings: dict[str, Setting], ensemble: int) -> tuple[Predictor, Calibration, str]:
    """Return the predictor by the best setting, its calibration, and what the setting is called."""
    said, calibrated, trust = _choose(job, settings)
    best = settings[said].bagged(ensemble)
    if ensemble > 1:
        said = f"{said}, mean of {ensemble}"
    if ensemble > 1 and len(job.y) >= FEWEST_FOR_FOLDS:
        # The mean of several is less sure than one of them, and mostly needs less mending.
        job = replace(job, most_noise=job.most_noise if calibrated.label_noise else 0.0)
        calibrated = _calibrated(job, _out_of_fold(job, best, job.folds(), trust))
    return best.close(_train(job, best, np.arange(len(job.y)), trust)), calibrated, said


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
