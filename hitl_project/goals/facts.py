"""The sums that all figures come from: one cell for each item type and week, which simply add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import reduce
from operator import add

from hitl_project.goals.estimates import Amounts, Drawn

NONE_DRAWN, NO_AMOUNTS = Drawn(), Amounts()
Place = tuple[int, int]  # an item type's id, and which of the weeks, from 0


@dataclass
class Cell:
    """What happened to one item type's items in one week, or in several added up.

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


@dataclass(frozen=True)
class Facts:
    """The cells of some weeks, by the day each week begins on, oldest first, as they were at `now`."""

    weeks: tuple[date, ...]
    now: datetime
    cells: Mapping[Place, Cell]

    def of_type(self, item_type: int, weeks: Iterable[int] | None = None) -> Cell:
        """Return the cell of one item type in these weeks, or in all."""
        wanted = range(len(self.weeks)) if weeks is None else weeks
        return reduce(add, (self.cells.get((item_type, week), Cell()) for week in wanted), Cell())
