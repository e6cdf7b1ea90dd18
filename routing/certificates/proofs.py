"""What a certificate knows of one slice of a model's answers, in the figures that people read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

from routing.backtest.estimates import wilson
from routing.certify import State, streams, threshold
from routing.certify.streams import Guard
from routing.models import Certification, ItemType, Policy
from routing.policy import Policy as PurePolicy


@dataclass(frozen=True)
class Counts:
    """Sums over the decisions at or above one threshold, and over all `decisions`.

    `labelled` of the `seen` have an answer by people; `weight` and `lost` are these answers, and the wrong
    ones among them, each divided by the probability of its label.
    """

    decisions: int
    seen: int
    labelled: int
    weight: float
    lost: float

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(mine + yours for mine, yours in zip(astuple(self), astuple(other), strict=True)))

    @property
    def share(self) -> float | None:
        """The part of all decisions that lies at or above the threshold."""
        return self.seen / self.decisions if self.decisions else None


@dataclass(frozen=True)
class Rate:
    """An estimated error rate with its 95 % interval; all None where nobody has answered."""

    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Proof:
    """How one slice of one model stands: what is proven, what is in force, and what speaks for it.

    `counts` are those at the threshold in force, at the proven one where none is, else at the first that is
    tried. `points` are (share automated, evidence / evidence needed) of each threshold, strictest first.
    """

    model: str
    slice: str
    proven: float | None
    in_force: float | None
    counts: Counts
    rate: Rate
    points: tuple[tuple[float, float], ...]
    watched: Guard | None


def proofs(row: Certification, pure: PurePolicy, least: float) -> list[Proof]:
    """Return how each slice of a running stream stands under the policy in force, without a statement.

    `least` is the smallest probability of a label that there has been: `least_chances` tells it.
    """
    stream = streams.Stream.from_json({"states": row.states, "detectors": row.detectors})
    held = (pure.certified or {}).get(row.model, {})
    return [
        _proof(row.model, name, state, streams.threshold_of(name, held), least, stream.guards.get(name))
        for name, state in stream.states.items()
    ]


def _proof(
    model: str, name: str, state: State, in_force: float | None, least: float, guard: Guard | None
) -> Proof:
    found = threshold(state)
    proven = found.threshold if found else None
    limit = proven if in_force is None else in_force
    counts = counted(state, limit)
    of = state.target.of
    return Proof(model, name, proven, in_force, counts, rate(counts, of, least), tuple(_points(state)), guard)


def counted(state: State, limit: float | None) -> Counts:
    """Return the sums at a threshold of a single stream; None: at the first of its walk."""
    at = state.start if limit is None else int((state.grid > limit).sum())
    at = min(at, len(state.grid) - 1)
    return Counts(
        int(state.decisions[0]),
        int(state.seen[at]),
        int(state.labelled[at]),
        float(state.weight[at]),
        float(state.lost[at]),
    )


def rate(counts: Counts, of: str, least: float) -> Rate:
    """Return the error rate in the unit of a target: of the "automated" answers or of all "decisions".

    Wilson's interval (1927) at a bound from below of Kish's effective size (1965): the squares of weights
    between 1 and 1/least sum to at most (1/least + 1)·weight - labelled/least, and to just that where each
    label was either certain or as rare as could be.
    """
    if not counts.labelled or not counts.decisions:
        return Rate(None, None, None)
    squares = (1 / least + 1) * counts.weight - counts.labelled / least
    size = max(1.0, counts.weight**2 / squares)
    share = min(1.0, counts.lost / counts.weight)
    unit = 1.0 if of == "automated" else counts.weight / counts.decisions
    return Rate(*(min(1.0, unit * one) for one in (share, *wilson(share, size))))


def _points(state: State) -> Iterator[tuple[float, float]]:
    if not state.decisions[0]:
        return
    for at in range(state.start, len(state.grid)):
        yield float(state.seen[at] / state.decisions[0]), float(state.best[at]) / state.target.proof


def least_chances(item_types: Iterable[ItemType]) -> dict[tuple[int, str], float]:
    """Return the smallest share of checks that any policy drew of a model's automated answers.

    By item type's id and model, in one statement; 1 (left out) where nothing was automated.
    """
    found: dict[tuple[int, str], float] = {}
    policies = Policy.objects.filter(item_type__in=list(item_types))
    columns = ("item_type", "snapshot__certified", "snapshot__audit_rate")
    for item_type, certified, audited in policies.values_list(*columns):
        for model, limits in (certified or {}).items():
            if audited and any(limit is not None for limit in limits.values()):
                found[item_type, model] = min(audited, found.get((item_type, model), math.inf))
    return found
