"""Figures, intervals and targets as people read and write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hitl_project.goals.estimates import MOST_DARK, Estimate, Verdict
from hitl_project.goals.figures import Definition, Unit
from hitl_project.templatetags.figures import grouped, lasting

SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
WIDTH, HEIGHT, EDGE = 120, 36, 3  # the units of a sparkline's viewBox

# What a target is typed in: how many of it make one of the stored unit, and its name.
TYPED: dict[Unit, tuple[float, str]] = {
    Unit.SHARE: (100.0, "%"),
    Unit.POINTS: (100.0, "points"),
    Unit.SECONDS: (1 / 60, "minutes"),
    Unit.PER_HOUR: (1.0, "an hour"),
    Unit.MONEY: (1.0, "in your currency"),
    Unit.TIMES: (1.0, "times"),
    Unit.COEFFICIENT: (1.0, "from 0 to 1"),
}


def shown(value: float | None, unit: Unit) -> str:
    """Return a figure with its unit, or a dash where there is none."""
    if value is None:
        return "–"
    if unit is Unit.SHARE:
        return f"{100 * value:.1f}{SPACE}%"
    if unit is Unit.POINTS:
        return f"{100 * value:+.1f}".replace("-", MINUS) + f"{SPACE}points"
    if unit is Unit.SECONDS:
        return lasting(value).replace(" ", SPACE)
    if unit is Unit.PER_HOUR:
        return f"{grouped(value)}{SPACE}an{SPACE}hour"
    if unit is Unit.TIMES:
        return f"{value:.1f}{SPACE}×"
    return f"{value:.2f}".replace("-", MINUS)


def wanted(value: float, definition: Definition) -> str:
    """Return a target in words: at least 85 %."""
    text = shown(value, definition.unit).replace(f".0{SPACE}", SPACE).removeprefix("+")
    return f"{definition.aim}{SPACE}{text}"


def between(found: Estimate, unit: Unit) -> str:
    """Return an interval in words, or nothing where there is none."""
    if found.low is None or found.high is None:
        return ""
    low = grouped(found.low) if unit is Unit.PER_HOUR else shown(found.low, unit)
    return f"{low} to {shown(found.high, unit)}"


def lacking(definition: Definition, found: Estimate, verdict: Verdict, more: int | None) -> str:
    """Return in words why a figure can't be told from its target, or is not there; else nothing."""
    if found.dark > MOST_DARK:
        return f"nothing is known of {100 * found.dark:.0f}{SPACE}% of the decisions"
    if verdict is Verdict.UNDECIDED and more:
        return f"about {grouped(more)} more {definition.of} would tell"
    if verdict is Verdict.UNDECIDED:
        return "so near its target that no number would tell soon"
    return ""


@dataclass(frozen=True)
class Spark:
    """A small line of weekly figures: paths, its last point, and where the target lies; `text` says it."""

    path: str
    last: tuple[float, float]
    target: float | None
    text: str


def spark(weeks: Sequence[tuple[str, float]], target: float | None, definition: Definition) -> Spark | None:
    """Return the line through the weekly figures (name of the week, value); None below two of them."""
    if len(weeks) < 2:
        return None
    values = [value for _, value in weeks]
    ends = values if target is None else [*values, target]
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0

    def up(value: float) -> float:
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - low) / span, 1)

    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    points = [(round(EDGE + place * step, 1), up(value)) for place, value in enumerate(values)]
    said = [f"{name}: {shown(value, definition.unit)}" for name, value in weeks]
    return Spark(
        "M" + " L".join(f"{x:g} {y:g}" for x, y in points),
        points[-1],
        None if target is None else up(target),
        "; ".join(said),
    )
