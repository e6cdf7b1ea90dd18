"""What a chart shows: named series over named steps, for the canvas and for the table beside it alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hitl_project.goals.figures import Unit
from hitl_project.goals.words import shown

COUNT = "count"


@dataclass(frozen=True)
class Line:
    """One series: its name, the CSS variable that colours it, and a value for each step or None.

    `low` and `high` are the ends of its values' 95 % intervals, where it is an estimate.
    """

    name: str
    tone: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Plot:
    """One chart: a short id, its heading, what the steps are, their names, its series and their unit.

    `stacked` draws bars on one another, otherwise lines; `target` is a value to reach.
    """

    name: str
    title: str
    step: str
    steps: tuple[str, ...]
    lines: tuple[Line, ...]
    unit: str
    stacked: bool = False
    target: float | None = None
    note: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing is known at any step, or nothing is there to stand on one another."""
        known = [value for line in self.lines for value in line.values if value is not None]
        return not any(known) if self.stacked else not known

    @property
    def data_id(self) -> str:
        """The id of the element that holds what the script draws."""
        return f"{self.name}-data"

    @property
    def data(self) -> dict[str, Any]:
        """What the script draws, as JSON can say it."""
        return {
            "steps": self.steps,
            "stacked": self.stacked,
            "unit": self.unit,
            "target": self.target,
            "lines": [
                {
                    "name": line.name,
                    "tone": line.tone,
                    "values": line.values,
                    "low": line.low,
                    "high": line.high,
                }
                for line in self.lines
            ],
        }

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The same as a table: for each step its name and, of each series, value and interval in words."""
        return [
            (step, [self._cell(line, place) for line in self.lines]) for place, step in enumerate(self.steps)
        ]

    def _cell(self, line: Line, place: int) -> tuple[str, str]:
        low, high = (ends[place] if ends else None for ends in (line.low, line.high))
        between = "" if low is None or high is None else f"{self._said(low)} to {self._said(high)}"
        return self._said(line.values[place]), between

    def _said(self, value: float | None) -> str:
        if self.unit == COUNT:
            return "–" if value is None else f"{value:,.0f}".replace(",", " ")
        return shown(value, Unit(self.unit))


def line(name: str, tone: str, values: Sequence[float | None]) -> Line:
    """Return a series of plain values."""
    return Line(name, tone, tuple(values))
