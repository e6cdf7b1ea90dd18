"""The charts of the pages, from the cells of item types and days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format

from hitl_project.dashboard.hours import Step
from hitl_project.dashboard.plots import COUNT, Line, Plot, line
from hitl_project.goals.definitions import DEFINITIONS
from hitl_project.goals.estimates import Estimate
from hitl_project.goals.facts import Cell

PARTS = (
    ("automated", "By the router", "--accent"),
    ("human", "To people", "--people"),
    ("expert", "To experts", "--experts"),
)
Counts = Step | Cell


def by_hour(steps: Sequence[Step]) -> tuple[Plot, Plot]:
    """Return the charts of one day: where items went, and which share of them needed nobody."""
    names = tuple(date_format(timezone.localtime(one.start), "H:i") for one in steps)
    return _went(names, "Hour", steps), _share(names, "Hour", steps)


def by_day(days: Sequence[date], cells: Sequence[Cell], target: float | None) -> tuple[Plot, Plot]:
    """Return the same charts of several days, from the cell of each."""
    names = tuple(date_format(day, "j M") for day in days)
    return _went(names, "Day", cells), _share(names, "Day", cells, target)


def figure(
    name: str, weeks: Sequence[date], found: Mapping[date, Mapping[str, Estimate]], target: float | None
) -> Plot:
    """Return the chart of one figure by week, with its interval and its target."""
    definition = DEFINITIONS[name]
    names = tuple(date_format(week, "j M") for week in weeks)
    values = [found.get(week, {}).get(name, Estimate()) for week in weeks]
    ends = (tuple(one.low for one in values), tuple(one.high for one in values))
    one = Line(definition.title, "--accent", tuple(one.value for one in values), *ends)
    return Plot(name, definition.title, "Week of", names, (one,), definition.unit.value, target=target)


def _went(names: tuple[str, ...], step: str, counts: Sequence[Counts]) -> Plot:
    lines = tuple(line(text, tone, [getattr(one, part) for one in counts]) for part, text, tone in PARTS)
    return Plot("went", "Where items went", step, names, lines, COUNT, stacked=True)


def _share(names: tuple[str, ...], step: str, counts: Sequence[Counts], target: float | None = None) -> Plot:
    alone = [one.automated / one.routed if one.routed else None for one in counts]
    asked = [(one.human + one.expert) / one.routed if one.routed else None for one in counts]
    lines = (line("Automated", "--accent", alone), line("Sent to a person", "--people", asked))
    return Plot("rates", "Automated, and sent to a person", step, names, lines, "share", target=target)
