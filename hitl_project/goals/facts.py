"""The sums that all figures come from: one cell for each item type and day, which simply add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add

from hitl_project.goals.estimates import Amounts, Drawn

NONE_DRAWN, NO_AMOUNTS = Drawn(), Amounts()
Place = tuple[int, date]  # an item type's id, and the day
Desk = tuple[int, int, date]  # a queue's id, an item type's id, and the day
WEEKS = 5  # that the targets are judged by: this one and the four before it


@dataclass(slots=True)
class Cell:
    """What happened to one item type's items on one day, or on several added up.

    Items that came in: `automated`, `human`, `expert` by where they went, `decided_…` those of them that are
    decided, `states` by status with the seconds that they took or have waited. Looks: `checks` (what the
    router approved) and `validated` (what reviewers decided) are right or not; `kept_…` whether the last word
    kept the model's answer; `blind_…` whether who saw none gave it. Seconds: `looked`, `held`, `queued`,
    `resolved`, `processed`. `in_time` are looks somebody waits for; `disputes` are answered ones, overturned
    or not; `costs` money for looks of `priced` decisions.
    """

    automated: int = 0
    human: int = 0
    expert: int = 0
    decided_automated: int = 0
    decided_human: int = 0
    decided_expert: int = 0
    states: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    checks: Drawn = NONE_DRAWN
    validated: Drawn = NONE_DRAWN
    kept_human: Drawn = NONE_DRAWN
    kept_expert: Drawn = NONE_DRAWN
    blind_human: Drawn = NONE_DRAWN
    blind_expert: Drawn = NONE_DRAWN
    in_time: Drawn = NONE_DRAWN
    disputes: Drawn = NONE_DRAWN
    looked: Amounts = NO_AMOUNTS
    held: Amounts = NO_AMOUNTS
    queued: Amounts = NO_AMOUNTS
    resolved: Amounts = NO_AMOUNTS
    processed: Amounts = NO_AMOUNTS
    costs: Amounts = NO_AMOUNTS
    priced: int = 0

    def __add__(self, other: Cell) -> Cell:
        return Cell(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})

    @property
    def routed(self) -> int:
        """How many of the items that came in were judged."""
        return self.automated + self.human + self.expert

    @property
    def came(self) -> int:
        """How many items came in."""
        return sum(self.states.values())

    @property
    def labelled(self) -> int:
        """How many of them people labelled, to learn from, before any model could judge them."""
        return self.came - self.routed - self.states["pooled"] - self.states["pending_ai"]


@dataclass(frozen=True)
class Facts:
    """The cells of some days, oldest first, the first of which is a Monday, as they were at `now`.

    `desks` are what was looked at, by queue as well. `seconds` is how long it took to read all days.
    """

    days: tuple[date, ...]
    now: datetime
    cells: Mapping[Place, Cell]
    desks: Mapping[Desk, Cell] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def weeks(self) -> tuple[date, ...]:
        """The Mondays of all weeks, oldest first; the last week has not ended."""
        return self.days[::7]

    def week(self, monday: date) -> tuple[date, ...]:
        """Return the days of one week."""
        return tuple(day for day in self.days if monday <= day < monday + timedelta(days=7))

    @property
    def judged(self) -> tuple[date, ...]:
        """The days that the targets are judged by."""
        return tuple(day for day in self.days if day >= self.weeks[-WEEKS:][0])

    def of_type(self, item_type: int, days: Iterable[date] | None = None) -> Cell:
        """Return the cell of one item type on these days, or on those that targets are judged by."""
        wanted = self.judged if days is None else days
        return added(self.cells.get((item_type, day)) for day in wanted)

    def of_desk(self, queue: int, item_type: int, days: Iterable[date]) -> Cell:
        """Return what was looked at of one item type in one queue on these days."""
        return added(self.desks.get((queue, item_type, day)) for day in days)


def added(cells: Iterable[Cell | None]) -> Cell:
    """Return the cells added up; None is an empty one."""
    return reduce(add, (cell for cell in cells if cell is not None), Cell())
