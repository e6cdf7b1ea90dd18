"""What the gate is shown of two models, what it insists on, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from routing.certify import Target


@dataclass(frozen=True)
class Margins:
    """What the gate insists on; shares from 0 to 1.

    `overall` and `slice`: by how much accuracy may have fallen at worst. `brier`: by which part of itself the
    Brier score may have grown. `ece`: how far confidence and accuracy may lie apart. `milliseconds`: how long
    one prediction may take, in 95 % of cases. `automation`: by how much the share may have fallen that can be
    automated at one error rate: that of `target`, or without one what the champion makes from confidence
    `threshold` on. `must_be_better`: accuracy that merely holds is not enough.
    """

    overall: float = 0.005
    slice: float = 0.03
    brier: float = 0.02
    ece: float = 0.1
    milliseconds: float = 100
    automation: float = 0.05
    threshold: float = 0.95
    target: Target | None = None
    must_be_better: bool = False
    enough: int = 30  # held-out labels without which nothing is judged
    enough_for_bound: int = 1000  # from here on the bound of `overall` is narrow enough to be asked for
    enough_in_slice: int = 50


@dataclass(frozen=True)
class Evidence:
    """What one model says about held-out items: `probabilities` (n, classes), `labels` int (n,).

    The rows are in the order in which the labels came. `weights` are 1 / the probability of having been
    labelled; `slices` text (n,) by name; `classes` names the columns in reasons. Two models are compared on
    the same rows in the same order.
    """

    probabilities: np.ndarray
    labels: np.ndarray
    weights: np.ndarray | None = None
    slices: Mapping[str, np.ndarray] = field(default_factory=dict)
    classes: Sequence[str] = ()

    @property
    def weight(self) -> np.ndarray:
        """How many items each row stands for, (n,) float64."""
        given = self.weights
        return np.ones(len(self.labels)) if given is None else np.asarray(given, np.float64)

    @property
    def right(self) -> np.ndarray:
        """Which answers are right, bool (n,)."""
        return self.probabilities.argmax(axis=1) == self.labels

    @property
    def top(self) -> np.ndarray:
        """How sure it is of each answer, (n,)."""
        return self.probabilities.max(axis=1)

    @property
    def accuracy(self) -> float:
        """The weighted share of right answers."""
        return float(np.average(self.right, weights=self.weight))

    @property
    def effective(self) -> float:
        """How many labels of equal weight would say as much (Kish 1965)."""
        return float(self.weight.sum() ** 2 / np.square(self.weight).sum())

    @property
    def brier_rows(self) -> np.ndarray:
        """The Brier score of each row, (n,): 0 at best, 2 at worst."""
        chosen = self.probabilities[np.arange(len(self.labels)), self.labels]
        return np.square(self.probabilities).sum(axis=1) - 2 * chosen + 1

    @property
    def brier(self) -> float:
        """The weighted mean Brier score."""
        return float(np.average(self.brier_rows, weights=self.weight))

    def name(self, column: int) -> str:
        """Return what the class of a column is called."""
        return str(self.classes[column]) if self.classes else str(column)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it speaks for the model, and the reason in words."""

    passed: bool
    reason: str


@dataclass(frozen=True)
class GateVerdict:
    """Whether to promote, and every reason, those against it first.

    `better`: that it is right more often than the champion is proven, however often one has looked.
    """

    promote: bool
    reasons: tuple[str, ...]
    better: bool = False
