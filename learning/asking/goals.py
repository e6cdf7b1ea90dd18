"""What a plan's goal makes of a pick: parts, each with a strategy of its own, some for one slice alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from learning.judging import slicing
from learning.judging.evaluation import Metric

MOST_EDGES = 0.6  # of a pick; the rest is the plan's strategy's
WEAK_SHARE = 0.5
CLASS = "class: "
_NUMBER = r"(-?[\d.]+(?:e[-+]?\d+)?)"
_QUARTER = re.compile(rf"(?:up to|over) {_NUMBER}(?: to {_NUMBER})?")


@dataclass(frozen=True)
class Part:
    """A share of a pick: by which strategy, and whether of the slice that does worst alone."""

    strategy: str
    share: float
    weak: bool = False


def parts(goal: str, strategy: str) -> tuple[Part, ...]:
    """Return the parts of a pick, the plan's own strategy last: it takes what the others leave.

    Fairness: half of the labels go to the slice that does worst. (Buying labels where the worst group is
    minimises the greatest loss of any: Abernethy et al. 2022, "Active sampling for min-max fairness".) Edge
    cases: rare classes, hard negatives and the neighbourhood of known errors have a fifth each.
    """
    if goal == "fairness":
        return Part(strategy, WEAK_SHARE, weak=True), Part(strategy, 1 - WEAK_SHARE)
    if goal == "edge_cases":
        edges = ("rare", "hard_negatives", "errors")
        each = MOST_EDGES / len(edges)
        return *(Part(name, each) for name in edges), Part(strategy, 1 - MOST_EDGES)
    return (Part(strategy, 1.0),)


def sizes(given: Sequence[Part], k: int) -> list[int]:
    """Return how many of `k` picks each part has; what rounding leaves is the last one's."""
    counts = [int(part.share * k) for part in given[:-1]]
    return [*counts, k - sum(counts)]


@dataclass(frozen=True)
class Weak:
    """The slice that does worst, by the name that evaluations give it."""

    name: str

    def holds(
        self,
        payloads: Sequence[Mapping[str, Any]],
        contexts: Sequence[Mapping[str, Any]],
        probabilities: np.ndarray,
        classes: Sequence[str],
    ) -> np.ndarray:
        """Return which items belong to it, bool (n,): to a class, where that is one of the likeliest two."""
        if self.name.startswith(CLASS):
            column = list(classes).index(self.name.removeprefix(CLASS))
            better = probabilities > probabilities[:, column : column + 1]
            return better.sum(axis=1) < 2
        path, _, value = self.name.partition("=")
        along = slicing.steps(path)
        return np.array([
            _within(value, slicing.reach({"payload": payload, "context": context}, along))
            for payload, context in zip(payloads, contexts, strict=True)
        ])  # fmt: skip


def weak(metrics: Sequence[Metric], classes: Sequence[str]) -> Weak | None:
    """Return the slice that does worst by the numbers of the champion, or None where none was measured.

    By the upper end of the interval, so that a slice of three labels is not the worst by chance. Slices by
    fields come before classes: an admin named them.
    """
    known = [one for one in metrics if one.high is not None]
    fields = [
        one
        for one in known
        if one.name == "accuracy" and "=" in one.slice and not one.slice.endswith(f"={slicing.OTHER}")
    ]
    by_class = [
        one for one in known if one.name == "recall" and one.slice.removeprefix(CLASS) in set(classes)
    ]
    found = min(fields or by_class, key=lambda one: one.high, default=None)
    return Weak(found.slice) if found else None


def _within(name: str, value: Any) -> bool:
    """Return whether a field's value belongs to the slice of that name: it is that, or lies in that range."""
    if value is None:
        return name == slicing.NONE
    quarter = _QUARTER.fullmatch(name)
    if not quarter or isinstance(value, bool) or not isinstance(value, int | float):
        return slicing.named(value) == name
    bound, upper = float(quarter[1]), quarter[2]
    if name.startswith("up to"):
        return value <= bound
    return value > bound and (upper is None or value <= float(upper))
