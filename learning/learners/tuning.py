"""A champion goes on learning: from its own weights, on what is new and a sample of what it knew.

Fine-tuning on new labels alone forgets: in SCIENCE 6.1 the classes known before lose 39 points. What holds
them is replay of old labels (one for each new one, the classes evenly), elastic weight consolidation
(Kirkpatrick et al. 2017), and where asked for distillation (Li and Hoiem 2016, "Learning without
forgetting"), in which replayed items are learnt partly as the champion answers them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from learning.learners import calibration, catalogue
from learning.learners.calibration import Calibration
from learning.learners.predictors import EnsemblePredictor, Predictor, softmax
from learning.learners.setting import draws
from learning.learners.training import MOST_NOISE, Fitted, checked, columns, folds

FEWEST_TO_CALIBRATE = 60  # new labels; with fewer the champion's calibration stays
MOST_FOLDED = 1_000  # new labels × members: of more a quarter is predicted out of fold in place of all


@dataclass(frozen=True)
class Recipe:
    """How it is done: `hold` is the weight of EWC, `distil` the champion's share in what old items teach."""

    hold: float = 1.0
    distil: float = 0.0


DEFAULT = Recipe()
DISTILLED = Recipe(distil=0.5)


@dataclass(frozen=True)
class Earlier:
    """The champion to go on from: its predictor, its calibration and the names of its columns."""

    predictor: Predictor
    calibration: Calibration
    classes: tuple[str, ...]


@dataclass(frozen=True)
class _Job:
    """What is learnt: the rows and their columns, what counts how much, and from whom it goes on."""

    rows: Any
    y: np.ndarray
    weights: np.ndarray
    new: np.ndarray  # places of the new labels
    old: np.ndarray  # places of those replayed
    parent: Predictor
    tune: Any
    recipe: Recipe
    seed: int
    device: str
    twins: bool


def tune(
    learner: str,
    rows: Any,
    labels: Sequence[str],
    weights: np.ndarray | None = None,
    *,
    new: np.ndarray,
    earlier: Earlier,
    classes: Sequence[str],
    calibration_weights: np.ndarray | None = None,
    seed: int = 0,
    device: str = "auto",
    recipe: Recipe = DEFAULT,
    twins: bool = False,
) -> Fitted:
    """Return the champion taught the labels that are `new`, bool (n,), and again the others, which it knows.

    Takes what `training.fit` takes, the rows made by the champion's own encoder, the old ones as `replayed`
    chooses them. A class that the champion
    does not know gets a column, one that is gone loses it. Calibrated on the new labels, which the champion
    has not seen, each predicted by a model that has not seen it either. Raises ValueError where nothing is
    new and for a learner that can only learn from scratch.
    """
    way, names = catalogue.find(learner), tuple(classes)
    if way.tune is None or not new.any():
        raise ValueError(f"the learner {learner!r} can't go on from a champion here")
    y, weights = columns(labels, names), checked(weights, len(labels))
    known = {name: place for place, name in enumerate(earlier.classes)}
    parent = _each(earlier.predictor, lambda one, _: one.widened([known.get(name) for name in names]))
    fresh, old = np.flatnonzero(new), np.flatnonzero(~new)
    job = _Job(rows, y, weights, fresh, old, parent, way.tune, recipe, seed, device, twins)
    found = _calibrated(job, earlier.calibration, checked(calibration_weights, len(y)), len(names))
    said = f"tuned on {len(fresh)} new labels and {len(old)} old ones"
    return Fitted(_tuned(job, fresh), found, names, learner, said)


def replayed(labels: Sequence[str], count: int, seed: int = 0) -> np.ndarray:
    """Return the places of `count` of the labels, or all, their classes as evenly as they allow."""
    names, classes = np.unique(np.asarray(labels, str), return_inverse=True)
    drawn = np.random.default_rng(seed).permutation(len(classes))
    grouped = drawn[np.argsort(classes[drawn], kind="stable")]
    sizes = np.bincount(classes, minlength=len(names))
    # The first of each class come first, then the second of each, and so on.
    turn = np.concatenate([np.arange(size) for size in sizes] or [np.empty(0, np.intp)])
    return grouped[np.argsort(turn, kind="stable")[:count]]


def _tuned(job: _Job, fresh: np.ndarray) -> Predictor:
    """Return the parent taught these new labels and the old ones."""
    used = np.concatenate([fresh, job.old])
    old = np.arange(len(fresh), len(used)) if len(job.old) else np.arange(len(used))
    classes = job.parent.logits(job.rows[:1]).shape[1]

    def one(parent: Predictor, member: int) -> Predictor:
        targets = np.eye(classes)[job.y[used]]
        if job.recipe.distil and len(job.old):
            said = softmax(np.asarray(parent.logits(job.rows[job.old]), np.float64))
            targets[len(fresh) :] *= 1 - job.recipe.distil
            targets[len(fresh) :] += job.recipe.distil * said
        weights = job.weights[used]
        if isinstance(job.parent, EnsemblePredictor):
            weights = weights * draws(len(used), member, job.seed)
        seed = job.seed + member
        return job.tune(
            job.rows[used], targets, weights, parent, old, hold=job.recipe.hold, seed=seed, device=job.device
        )

    return _each(job.parent, one)


def _calibrated(job: _Job, before: Calibration, weights: np.ndarray, classes: int) -> Calibration:
    """Return the calibration fitted to new labels out of fold; with few of them the one before."""
    if len(job.new) < FEWEST_TO_CALIBRATE:
        return replace(before, label_noise=0.0)
    half = job.new[: len(job.new) // 2] if job.twins else job.new
    fold = np.tile(folds(job.y[half], job.seed), 2 if job.twins else 1)
    members = len(job.parent.members) if isinstance(job.parent, EnsemblePredictor) else 1
    turns = 1 if members * len(job.new) > MOST_FOLDED else fold.max() + 1
    said = np.empty((len(fold), classes))
    for held in range(turns):
        predictor = _tuned(job, job.new[fold != held])
        rows = job.rows[job.new[fold == held]]
        said[fold == held] = softmax(np.asarray(predictor.logits(rows), np.float64))
    asked = fold < turns
    told = job.new[asked]
    return calibration.fit(said[asked], job.y[told], weights[told], most_noise=MOST_NOISE, seed=job.seed)


def _each(predictor: Predictor, change: Any) -> Predictor:
    """Return change(predictor, 0), or an ensemble of change(member, its number)."""
    if not isinstance(predictor, EnsemblePredictor):
        return change(predictor, 0)
    return EnsemblePredictor.of([change(one, place) for place, one in enumerate(predictor.members)])
