"""How much the model's suggestion moves people's answers: with it in sight, and without it by chance.

Some looks are drawn at random to hide the model's answer, so that both groups meet the same items: what
differs between them is what the suggestion does (automation bias; Parasuraman and Manzey, Human Factors 52,
2010).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from routing.backtest.estimates import wilson

FEW = 20  # answers under which a share says nothing
BANDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True)
class Look:
    """One answer at an item of which a model had said something.

    `score` is how sure the model was, `blind` whether its answer was hidden, `agreed` whether the person said
    the same. `wrong` tells whether the model was wrong, None where nobody knows; `fast` whether the answer
    came faster than the item can be looked at, None where nobody timed it. `drawn` tells whether chance alone
    decided that it was blind, among items of one kind: only such looks are compared with each other.
    """

    person: int
    score: float | None
    blind: bool
    agreed: bool
    wrong: bool | None = None
    fast: bool | None = None
    drawn: bool = True


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    of: int

    @property
    def enough(self) -> bool:
        """Whether there are so many that the share says something."""
        return self.of >= FEW

    @property
    def value(self) -> float | None:
        """The share, None of nothing."""
        return self.part / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share; 0 to 1 of nothing."""
        return wilson(self.part / self.of, self.of) if self.of else (0.0, 1.0)


@dataclass(frozen=True)
class Difference:
    """How much larger one share is than another, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Influence:
    """What a group of looks tells.

    `shown` and `blind`: how often people said what the model did, with its answer in sight and without.
    `stamped`: how often an answer of the model that is known to be wrong was in sight and was repeated, and
    `blundered` the same without it. `fast`: how many answers came too fast.
    """

    shown: Share
    blind: Share
    stamped: Share
    blundered: Share
    fast: Share

    @property
    def pull(self) -> Difference | None:
        """How much more often people agree with the model for seeing its answer; None of too few looks."""
        if not (self.shown.enough and self.blind.enough):
            return None
        return difference(self.shown, self.blind)


def influence(looks: Iterable[Look]) -> Influence:
    """Return what these looks tell together."""
    looks = list(looks)
    seen, hidden = [one for one in looks if not one.blind], [one for one in looks if one.blind]
    timed = [one for one in looks if one.fast is not None]
    return Influence(
        shown=_agreed([one for one in seen if one.drawn]),
        blind=_agreed([one for one in hidden if one.drawn]),
        stamped=_agreed([one for one in seen if one.wrong]),
        blundered=_agreed([one for one in hidden if one.wrong]),
        fast=Share(sum(one.fast for one in timed), len(timed)),
    )


def _agreed(looks: Sequence[Look]) -> Share:
    return Share(sum(one.agreed for one in looks), len(looks))


def difference(one: Share, other: Share) -> Difference:
    """Return by how much the first share is larger, from shares of one or more.

    Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine
    17 (1998), method 10: each share's Wilson interval, put together as the sides of a right triangle.
    """
    (low, high), (least, most) = one.interval, other.interval
    value = one.part / one.of - other.part / other.of
    down = sqrt((one.part / one.of - low) ** 2 + (most - other.part / other.of) ** 2)
    up = sqrt((high - one.part / one.of) ** 2 + (other.part / other.of - least) ** 2)
    return Difference(value, max(value - down, -1.0), min(value + up, 1.0))


def by_person(looks: Iterable[Look]) -> dict[int, Influence]:
    """Return what each person's looks tell."""
    return _grouped(looks, lambda one: one.person)


def by_band(looks: Iterable[Look]) -> list[tuple[float, float, Influence]]:
    """Return what the looks of each band of the model's confidence tell: from, to, and what; lowest first.

    A score on a border counts to the upper band.
    """
    known = [one for one in looks if one.score is not None]
    found = _grouped(known, lambda one: _band(one.score))
    return [(BANDS[at], BANDS[at + 1], found[at]) for at in sorted(found)]


def _band(score: float) -> int:
    return max(at for at, border in enumerate(BANDS[:-1]) if score >= border)


def _grouped(looks: Iterable[Look], key: Callable[[Look], Hashable]) -> dict:
    groups: dict[Hashable, list[Look]] = defaultdict(list)
    for one in looks:
        groups[key(one)].append(one)
    return {group: influence(some) for group, some in groups.items()}
