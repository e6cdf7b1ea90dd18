"""How far people agree about items that chance alone gave to several of them: coefficients and a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.agreement import LEAST_UNITS, Agreement, apart, measure, numbers, ratio
from audit.agreement.distances import ordinal, quadratic
from labeling.people import ratings
from labeling.people.ratings import Unit
from routing.kinds import KINDS
from routing.models import ItemType

FEW = 30  # items under which no share is told: the interval would miss the truth too often (simulated)
SHARES = ("specific", "percent")  # what needs FEW items; the others need LEAST_UNITS
RARE = 0.8  # share of the most frequent class from which chance explains most agreement
MEASURED = ("percent", "ac1", "alpha", "fleiss")
GAP = 0.15  # between AC1 and kappa, from which the paradox is explained

Counts = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """How far people agree: each figure by name, of how many items, answers and people.

    `headline` names the figure by which agreement is judged, `scale` how labels compare: nominal, ordinal,
    interval or distance. `shares` is the share of each class of all answers, the most frequent first; empty
    where labels are no classes.
    """

    scale: str
    headline: str
    units: int
    ratings: int
    people: int
    figures: dict[str, Agreement]
    shares: tuple[tuple[str, float], ...] = ()

    @property
    def told(self) -> dict[str, Agreement]:
        """The figures that rest on enough items to be told."""
        return {name: one for name, one in self.figures.items() if not missing(name, one)}

    @property
    def paradox(self) -> bool:
        """Whether kappa is low only because nearly all answers are of one class."""
        ac1, kappa = self.told.get("ac1"), self.told.get("fleiss")
        if ac1 is None or kappa is None or ac1.value is None:
            return False
        return self.shares[0][1] >= RARE and (kappa.value is None or ac1.value - kappa.value >= GAP)

    def verdict(self, target: float | None) -> Verdict:
        """Return whether the headline figure reaches the target, by its interval."""
        return verdict(self.headline, self.figures[self.headline], target)


@dataclass(frozen=True)
class Verdict:
    """Whether a figure reaches its target: `met`, `missed`, `undecided`, `unknown` for too few items, `free`.

    `free` is one of which nobody wants anything.
    `more` is about how many more items would decide it, None where it is decided or none would.
    """

    state: str
    more: int | None = None


def measured(item_type: ItemType, *, since: datetime, until: datetime | None = None) -> Found:
    """Return how far people agree about the newest drawn items of this time; two statements.

    Only items that chance gave to several people on arrival count: where somebody asked for another opinion
    people differ more, since these items were in doubt. Each weighs the inverse of the probability with which
    it was drawn. Among the figures are `percent`, `alpha`, and `ac1` where labels are classes.
    """
    units = ratings.read(item_type, since=since, until=until)
    return of_units(item_type, [one for one in units if one.drawn])


def of_units(item_type: ItemType, units: Sequence[Unit]) -> Found:
    """Return how far people agree about these items."""
    scale = "ordinal" if item_type.ordered else KINDS[item_type.kind].scale(item_type.spec)
    figures, shares = MEASURES[scale](item_type, units)
    headline = {"nominal": "ac1", "ordinal": "ac2", "distance": KINDS[item_type.kind].closeness}.get(scale)
    return Found(
        scale,
        headline if headline in figures and headline != "likeness" else "alpha",
        len(units),
        sum(len(unit.ratings) for unit in units),
        len({one.person for unit in units for one in unit.ratings}),
        figures,
        shares,
    )


def missing(name: str, found: Agreement) -> int:
    """Return how many more items answered by two it takes until this figure is told."""
    return max(0, (FEW if name in SHARES else LEAST_UNITS) - found.units)


def verdict(name: str, found: Agreement, target: float | None) -> Verdict:
    """Return whether a figure reaches the target; the interval narrows with the root of the items."""
    if target is None:
        return Verdict("free")
    if short := missing(name, found):
        return Verdict("unknown", short)
    if found.value is None:
        return Verdict("unknown")
    if found.low >= target:
        return Verdict("met")
    if found.high < target:
        return Verdict("missed")
    gap, side = abs(found.value - target), found.value - found.low
    side = side if found.value >= target else found.high - found.value
    more = ceil(found.units * ((side / gap) ** 2 - 1)) if gap > 0.005 else None
    return Verdict("undecided", more)


def classes(item_type: ItemType, units: Sequence[Unit]) -> list[str]:
    """Return in words the labels that can be said, in the admin's order, and then others that were said."""
    kind = KINDS[item_type.kind]
    known = [*(kind.classes(item_type.spec) or ()), *(one.label for unit in units for one in unit.ratings)]
    return list(dict.fromkeys(map(kind.describe, known)))


def weights(units: Sequence[Unit]) -> Counts:
    """Return what each item stands for."""
    return np.array([unit.weight for unit in units])


def agreeing(item_type: ItemType, units: Sequence[Unit]) -> Counts:
    """Return of each item the share of its pairs of answers that agree within the type's tolerance."""
    kind, spec = KINDS[item_type.kind], item_type.spec
    return _mean(units, lambda a, b: kind.agree(a, b, spec))


def _mean(units: Sequence[Unit], of: Callable[[Any, Any], float]) -> Counts:
    return np.array(
        [np.mean([of(a.label, b.label) for a, b in combinations(unit.ratings, 2)]) for unit in units]
    )


def _nominal(item_type: ItemType, units: Sequence[Unit]) -> tuple[dict[str, Agreement], Any]:
    counts, names = _counts(item_type, units)
    return measure(counts, MEASURED, weights=weights(units)), _shares(counts, names)


def _ordinal(item_type: ItemType, units: Sequence[Unit]) -> tuple[dict[str, Agreement], Any]:
    counts, names = _counts(item_type, units)
    each, steps = weights(units), quadratic(len(names))
    plain = measure(counts, ("percent",), weights=each)
    alpha = measure(counts, ("alpha",), distance=ordinal(counts), weights=each)
    apart = measure(counts, ("ac1", "fleiss"), distance=steps, weights=each)
    figures = plain | alpha | {"ac2": apart["ac1"], "weighted": apart["fleiss"]}
    return figures, _shares(counts, names)


def _interval(item_type: ItemType, units: Sequence[Unit]) -> tuple[dict[str, Agreement], Any]:
    unit, labels, each = _flat(units)
    figures = {"percent": _percent(item_type, units)}
    return figures | {"alpha": numbers(unit, np.array(labels, float), weights=each)}, ()


def _distance(item_type: ItemType, units: Sequence[Unit]) -> tuple[dict[str, Agreement], Any]:
    kind, spec = KINDS[item_type.kind], item_type.spec
    unit, labels, each = _flat(units)

    def far(a: Any, b: Any) -> float:
        return kind.distance(a, b, spec)

    figures = {
        "percent": _percent(item_type, units),
        kind.closeness: ratio(_mean(units, lambda a, b: 1 - far(a, b)), np.ones(len(units)), weights(units)),
    }
    hits = _mean(units, lambda a, b: kind.hits(a, b)[0]), _mean(units, lambda a, b: kind.hits(a, b)[1])
    if hits[1].any():
        figures["f1"] = ratio(*hits, weights(units))
    return figures | {"alpha": apart(unit, labels, far, weights=each)}, ()


MEASURES = {"nominal": _nominal, "ordinal": _ordinal, "interval": _interval, "distance": _distance}


def _percent(item_type: ItemType, units: Sequence[Unit]) -> Agreement:
    return ratio(agreeing(item_type, units), np.ones(len(units)), weights(units))


def _counts(item_type: ItemType, units: Sequence[Unit]) -> tuple[Counts, list[str]]:
    names, describe = classes(item_type, units), KINDS[item_type.kind].describe
    place = {name: at for at, name in enumerate(names)}
    counts = np.zeros((len(units), len(names)))
    for row, unit in enumerate(units):
        for one in unit.ratings:
            counts[row, place[describe(one.label)]] += 1
    return counts, names


def _shares(counts: Counts, names: Sequence[str]) -> tuple[tuple[str, float], ...]:
    if not counts.sum():
        return ()
    said = Counter(dict(zip(names, counts.sum(axis=0) / counts.sum(), strict=True)))
    return tuple((name, float(share)) for name, share in said.most_common() if share)


def _flat(units: Sequence[Unit]) -> tuple[NDArray[np.int64], list[Any], Counts]:
    """Return of each answer its item's number, its label, and what its item stands for."""
    sizes = [len(unit.ratings) for unit in units]
    unit = np.repeat(np.arange(len(units)), sizes)
    return unit, [one.label for unit in units for one in unit.ratings], np.repeat(weights(units), sizes)
