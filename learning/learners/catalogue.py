"""The learners by name: those built in, and a server's own by dotted path from its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Protocol

import numpy as np

from learning.learners import forest, linear, mlp
from learning.learners.predictors import PREDICTORS, Predictor
from learning.learners.setting import Setting

NONE: Mapping[str, str] = {}


class UnknownLearner(ValueError):
    """There is no learner of this name, or the class that the settings name for it can't be used."""


class OwnLearner(Protocol):
    """What a class named in HITL_LEARNERS does; it is made anew, without arguments, for each training.

    `dense` says whether it reads the encoder's dense embeddings; else it reads the encoder's inputs, which
    for text are a scipy.sparse CSR matrix.
    """

    dense: bool

    def fit(self, rows: Any, y: np.ndarray, weights: np.ndarray, classes: int, seed: int) -> Predictor:
        """Return one of our predictors, fitted to `rows` (n, d), columns `y` int (n,), `weights` (n,).

        `classes` is how many columns it must have; some may have no label. The arrays inside are all that is
        stored, so the class itself is not needed to predict, and nothing is ever unpickled. The same seed
        must give the same predictor.
        """


@dataclass(frozen=True)
class Learner:
    """One way to learn: which settings to choose from, what it reads, and how it goes on from a champion.

    `settings(rows, y, seed, device)` returns what to choose from; `dense` says whether rows are the encoder's
    embeddings; `tune`, as `linear.tune`, is None where it can only learn from scratch.
    """

    settings: Callable[..., dict[str, Setting]]
    dense: bool = False
    tune: Callable[..., Predictor] | None = None


LEARNERS: Mapping[str, Learner] = {
    "linear": Learner(linear.settings, tune=linear.tune),
    "forest": Learner(forest.settings, dense=True),
    "mlp": Learner(mlp.settings, dense=True, tune=mlp.tune),
}


def names(own: Mapping[str, str] = NONE) -> list[str]:
    """Return what may be chosen, `own` included: the names of a server's own learners to their paths."""
    return [*LEARNERS, *(name for name in own if name not in LEARNERS)]


def find(name: str, own: Mapping[str, str] = NONE) -> Learner:
    """Return the learner of that name; raises UnknownLearner. Only paths in `own` are ever imported."""
    if name in LEARNERS:
        return LEARNERS[name]
    if name not in own:
        raise UnknownLearner(f"unknown learner {name!r}; known are {', '.join(names(own))}")
    made = _made(name, own[name])
    return Learner(partial(_settings, partial(_fit, name, made)), dense=bool(made.dense))


def _made(name: str, path: str) -> OwnLearner:
    module, _, attribute = path.rpartition(".")
    try:
        made = getattr(import_module(module), attribute)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise UnknownLearner(f"the learner {name!r} can't be made from {path!r}: {error}") from error
    if not callable(getattr(made, "fit", None)) or not hasattr(made, "dense"):
        raise UnknownLearner(f"{path!r} is no learner: it needs `dense` and `fit`")
    return made


def _settings(
    fit: Callable[..., Predictor], rows: Any, y: np.ndarray, seed: int, device: str
) -> dict[str, Setting]:
    return {"own": Setting(rows, fit)}


def _fit(
    name: str, made: OwnLearner, rows: Any, y: np.ndarray, weights: np.ndarray, classes: int, seed: int
) -> Predictor:
    predictor = made.fit(rows, y, weights, classes, seed)
    if not isinstance(predictor, tuple(PREDICTORS.values())):
        raise UnknownLearner(
            f"the learner {name!r} gave a {type(predictor).__name__}, not one of: "
            f"{', '.join(one.__name__ for one in PREDICTORS.values())}"
        )
    shape = predictor.logits(rows[:1]).shape
    if shape != (1, classes):
        raise UnknownLearner(f"the learner {name!r} predicts {shape[-1]} classes instead of {classes}")
    return predictor
