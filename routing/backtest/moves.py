"""How many items a policy moves between approval, people and experts, and what that changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from routing.backtest import Columns, Example
from routing.backtest.estimates import Errors, answer_weights, errors
from routing.certify import Target
from routing.certify.oracle import Bound, bound
from routing.economics.costs import Costs
from routing.findings import ACTIONS, AUTO, EXPERT, HUMAN
from routing.policy import Policy

MOST_CLASSES = 20

Table = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Effort:
    """What a look takes: seconds of a reviewer and of an expert, and how many reviewers look at an item.

    `timed` looks are behind the seconds, 0 where they are the usual ones; `costs` is None where the admin
    set none.
    """

    review_seconds: float
    expert_seconds: float
    opinions: int = 1
    timed: int = 0
    costs: Costs | None = None


@dataclass(frozen=True)
class Side:
    """What one policy does with the items: counts by action, errors among the automated, hours, cost."""

    approved: int
    person: int
    expert: int
    errors: Errors
    hours: float
    cost: float | None


@dataclass(frozen=True)
class ClassMoves:
    """The moves of the items that the model takes for one class."""

    name: str
    items: int
    table: Table

    @property
    def moved(self) -> int:
        """How many of them move."""
        return self.items - sum(self.table[at][at] for at in range(len(ACTIONS)))


@dataclass(frozen=True)
class Backtest:
    """Two policies beside each other on the same items.

    `table` counts items by action, first index the policy in force, second the draft, in the order of
    ACTIONS. `differing` items went another way than the policy in force sends them today. `newly` tells how
    often the items are wrong that the draft alone automates. `unproven`: the draft automates nothing before a
    threshold is certified.
    """

    items: int
    known: int
    differing: int
    table: Table
    classes: tuple[ClassMoves, ...]
    before: Side
    after: Side
    newly: Errors
    effort: Effort
    examples: tuple[Example, ...]
    bound: Bound | None = None
    unproven: bool = False

    @property
    def moved(self) -> int:
        """How many items move."""
        return self.items - sum(self.table[at][at] for at in range(len(ACTIONS)))

    def to_json(self) -> dict[str, Any]:
        """Return what is kept as evidence with a policy: the figures, without classes and examples."""
        return {
            "items": self.items,
            "known": self.known,
            "differing": self.differing,
            "moves": {
                f"{ACTIONS[i]} > {ACTIONS[j]}": self.table[i][j]
                for i in range(len(ACTIONS))
                for j in range(len(ACTIONS))
                if i != j and self.table[i][j]
            },
            "before": _as_json(self.before),
            "after": _as_json(self.after),
            "newly_automated": vars(self.newly).copy(),
        }


def compare(
    columns: Columns,
    before: Policy,
    after: Policy,
    effort: Effort,
    target: Target | None = None,
) -> Backtest:
    """Return what the columns of a backtest come to; with a target also the most that any policy reaches."""
    first, second, stored = (
        np.array(values, dtype=np.int64) for values in (columns.before, columns.after, columns.stored)
    )
    chance, wrong = np.array(columns.chance, dtype=np.float64), np.array(columns.wrong, dtype=np.float64)
    # Answers to what was automated come from a sample, those to the rest from everybody's work.
    group = (stored == AUTO).astype(np.int64)

    def wrong_among(inside: ArrayLike) -> Errors:
        return errors(group[inside], chance[inside], wrong[inside])

    newly = (second == AUTO) & (first != AUTO)
    return Backtest(
        items=first.size,
        known=int(np.isfinite(wrong).sum()),
        differing=int((first != stored).sum()),
        table=_table(first, second),
        classes=_by_class(columns, first, second),
        before=_side(first, before, wrong_among(first == AUTO), effort),
        after=_side(second, after, wrong_among(second == AUTO), effort),
        newly=wrong_among(newly),
        effort=effort,
        examples=columns.examples,
        bound=_bound(columns, group, chance, wrong, target) if target else None,
        unproven=after.certified == {},
    )


def _table(first: np.ndarray, second: np.ndarray) -> Table:
    size = len(ACTIONS)
    counts = np.bincount(first * size + second, minlength=size * size).reshape(size, size)
    return tuple(tuple(row) for row in counts.tolist())


def _by_class(columns: Columns, first: np.ndarray, second: np.ndarray) -> tuple[ClassMoves, ...]:
    """Return the classes with most moves first; those beyond MOST_CLASSES are left out."""
    of_class = np.array(columns.of_class, dtype=np.int64)
    found = []
    for name, at in columns.classes.items():
        inside = of_class == at
        found.append(ClassMoves(name, int(inside.sum()), _table(first[inside], second[inside])))
    return tuple(sorted(found, key=lambda one: (-one.moved, -one.items, one.name))[:MOST_CLASSES])


def _side(actions: np.ndarray, policy: Policy, wrong: Errors, effort: Effort) -> Side:
    approved, person, expert = (int((actions == at).sum()) for at in (AUTO, HUMAN, EXPERT))
    looks = person * effort.opinions + approved * policy.audit_rate
    hours = (looks * effort.review_seconds + expert * effort.expert_seconds) / 3600
    return Side(approved, person, expert, wrong, hours, _cost(person, expert, looks, wrong, effort.costs))


def _cost(person: int, expert: int, looks: float, wrong: Errors, costs: Costs | None) -> float | None:
    """Return what these items cost, wrong answers of the machine and of people included."""
    if costs is None or wrong.expected is None:
        return None
    mistakes = wrong.expected + person * costs.review_error + expert * costs.expert_error
    return mistakes * costs.error + looks * costs.review + expert * costs.expert


def _bound(
    columns: Columns, group: np.ndarray, chance: np.ndarray, wrong: np.ndarray, target: Target
) -> Bound | None:
    """Return the bound for the model that answered last, None without a known answer to it."""
    score = np.array(columns.score, dtype=np.float64)
    newest = next((model for model in columns.model if model), None)
    of_model = np.array([model == newest for model in columns.model], dtype=bool) & np.isfinite(score)
    weights = answer_weights(group[of_model], chance[of_model], wrong[of_model])
    return bound(newest or "", score[of_model], wrong[of_model], weights, target)


def _as_json(side: Side) -> dict[str, Any]:
    return vars(side) | {"errors": vars(side.errors).copy()}


def moves(table: Sequence[Sequence[int]]) -> list[tuple[int, int, int]]:
    """Return from, to and count of each move that happens, what becomes looser first."""
    size = range(len(ACTIONS))
    found = [(i, j, table[i][j]) for i in size for j in size if i != j and table[i][j]]
    return sorted(found, key=lambda one: (one[0] < one[1], one[1], one[0]))
