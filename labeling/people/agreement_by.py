"""Agreement taken apart: by class, by pair of people, by person and by week."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations

import numpy as np
from django.utils import timezone

from audit.agreement import Agreement, cohen, mcnemar, ratio, specific
from audit.agreement.distances import quadratic
from labeling.people import agreement
from labeling.people.agreement import Found
from labeling.people.influence import Share
from labeling.people.ratings import Rating, Unit
from routing.kinds import KINDS
from routing.models import ItemType

MOST = 50  # classes, and pairs of classes that are mixed up, at most
RISK = 0.05  # of calling any habit proven that is none


@dataclass(frozen=True)
class OfClass:
    """One class: how often, where one person says it, another says it too, and its share of all answers."""

    name: str
    agreement: Agreement
    share: float


@dataclass(frozen=True)
class OfPair:
    """Two people, by id: how often they said the same of the same item, and Cohen's kappa.

    `kappa` is None where labels are no classes; where these are steps of a scale it is weighted (quadratic).
    """

    people: tuple[int, int]
    same: Share
    kappa: Agreement | None


@dataclass(frozen=True)
class Habit:
    """A class that one person says more or less often than others of the same items, beyond chance.

    `alone` is how often only they said it, `others` how often only another did.
    """

    name: str
    alone: int
    others: int


@dataclass(frozen=True)
class OfPerson:
    """One person, by id: how often others say the same of the same item, and proven habits."""

    person: int
    agreement: Agreement
    habits: tuple[Habit, ...]


def by_class(item_type: ItemType, units: Sequence[Unit]) -> list[OfClass]:
    """Return the classes that anybody said, the most frequent first, at most MOST."""
    said = _said(item_type, units)
    names = [name for name, _ in Counter(one for row in said for one in row.elements()).most_common(MOST)]
    if not names:
        return []
    table = np.array([[row[name] for name in names] for row in said], dtype=float)
    answers = np.array([len(unit.ratings) for unit in units], dtype=float)
    found = specific(table, answers, weights=agreement.weights(units))
    shares = table.sum(axis=0) / answers.sum()
    return [OfClass(*row) for row in zip(names, found, shares.tolist(), strict=True)]


def mixed_up(item_type: ItemType, units: Sequence[Unit]) -> list[tuple[str, str, int]]:
    """Return which two classes people most often gave to the same item, and how often; the most first."""
    kind, found = KINDS[item_type.kind], Counter()
    for unit in units:
        for one, other in combinations(unit.ratings, 2):
            names = {*kind.slices(one.label)} ^ {*kind.slices(other.label)}
            if len(names) == 2:
                found[tuple(sorted(names))] += 1
    return [(*names, count) for names, count in found.most_common(10)]


def by_pair(item_type: ItemType, units: Sequence[Unit]) -> list[OfPair]:
    """Return each two people who answered a common item."""
    met: dict[tuple[int, int], list[tuple[Rating, Rating]]] = defaultdict(list)
    for unit in units:
        for one, other in combinations(sorted(unit.ratings, key=lambda rating: rating.person), 2):
            met[one.person, other.person].append((one, other))
    kind, spec = KINDS[item_type.kind], item_type.spec
    classes = agreement.classes(item_type, units) if kind.scale(spec) == "nominal" else None
    return [
        OfPair(
            people,
            Share(sum(kind.agree(a.label, b.label, spec) for a, b in said), len(said)),
            _kappa(item_type, classes, said) if classes else None,
        )
        for people, said in met.items()
    ]


def by_person(item_type: ItemType, units: Sequence[Unit]) -> list[OfPerson]:
    """Return each person who answered an item with others, and what they say more often than these.

    Habits are tested by McNemar's test, with Bonferroni's correction for all classes of all people.
    """
    kind, spec = KINDS[item_type.kind], item_type.spec
    same: dict[int, list[float]] = defaultdict(list)
    alone, others = defaultdict(Counter), defaultdict(Counter)
    for unit in units:
        for one in unit.ratings:
            rest = [other for other in unit.ratings if other is not one]
            same[one.person].append(np.mean([kind.agree(one.label, other.label, spec) for other in rest]))
            # One comparison an item, so that each is a draw of its own.
            mine, theirs = {*kind.slices(one.label)}, {*kind.slices(rest[0].label)}
            alone[one.person].update(mine - theirs)
            others[one.person].update(theirs - mine)
    tests = sum(len({*alone[person], *others[person]}) for person in same) or 1
    return [
        OfPerson(
            person,
            ratio(np.array(shares), np.ones(len(shares))),
            _habits(alone[person], others[person], RISK / tests),
        )
        for person, shares in same.items()
    ]


def by_week(item_type: ItemType, units: Sequence[Unit]) -> dict[date, Found]:
    """Return how far people agree in each week in which anything was answered, by its Monday."""
    weeks: dict[date, list[Unit]] = defaultdict(list)
    for unit in units:
        weeks[monday(unit.at).date()].append(unit)
    return {week: agreement.of_units(item_type, weeks[week]) for week in sorted(weeks)}


def monday(at: datetime) -> datetime:
    """Return when the week began where the server is."""
    day = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return day - timedelta(days=day.weekday())


def _said(item_type: ItemType, units: Sequence[Unit]) -> list[Counter[str]]:
    """Return of each item how many people's labels name each class."""
    kind = KINDS[item_type.kind]
    return [Counter(name for one in unit.ratings for name in set(kind.slices(one.label))) for unit in units]


def _kappa(item_type: ItemType, classes: Sequence[str], said: Sequence[tuple[Rating, Rating]]) -> Agreement:
    describe = KINDS[item_type.kind].describe
    place = {name: at for at, name in enumerate(classes)}
    table = np.zeros((len(classes), len(classes)))
    for one, other in said:
        table[place[describe(one.label)], place[describe(other.label)]] += 1
    return cohen(table, distance=quadratic(len(classes)) if item_type.ordered else None)


def _habits(alone: Counter[str], others: Counter[str], risk: float) -> tuple[Habit, ...]:
    names = sorted({*alone, *others})
    return tuple(
        Habit(name, alone[name], others[name]) for name in names if mcnemar(alone[name], others[name]) < risk
    )
