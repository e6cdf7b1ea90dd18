"""What a figure with a target is made of: its unit, on which side of its target it should be, its words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a figure is measured in; shares and points are stored as parts of 1."""

    SHARE = "share"
    POINTS = "points"
    SECONDS = "seconds"
    PER_HOUR = "per hour"
    MONEY = "money"
    TIMES = "times"
    COEFFICIENT = "coefficient"


class Aim(StrEnum):
    """On which side of its target a figure should be."""

    LEAST = "at least"
    MOST = "at most"


HIGHEST = {
    Unit.SHARE: 1.0,
    Unit.POINTS: 1.0,
    Unit.SECONDS: 90 * 86_400.0,
    Unit.PER_HOUR: 100_000.0,
    Unit.MONEY: 1_000_000.0,
    Unit.TIMES: 1_000.0,
    Unit.COEFFICIENT: 1.0,
}


@dataclass(frozen=True)
class Definition:
    """One figure: `asked` is the value in the customer's own documents, None where these have none.

    `of` names what is counted, in the plural; `method` is where its 95 % interval comes from.
    """

    name: str
    title: str
    sentence: str
    group: str
    unit: Unit
    aim: Aim
    asked: float | None
    of: str
    method: str

    def refuses(self, value: float) -> str | None:
        """Return why this can't be a target, or None."""
        if not 0 <= value <= HIGHEST[self.unit]:
            return f"Write a number from 0 to {HIGHEST[self.unit]:g}."
        return None
