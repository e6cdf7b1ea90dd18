"""The figures of some days beside their targets and beside those of the days before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hitl_project.goals import estimates, words
from hitl_project.goals.definitions import DEFINITIONS
from hitl_project.goals.estimates import Estimate, Verdict
from hitl_project.goals.figures import Definition, Unit
from hitl_project.goals.promises import Promise

SEEN = {  # from which difference on a figure counts as changed
    Unit.SHARE: 0.0005,
    Unit.POINTS: 0.0005,
    Unit.COEFFICIENT: 0.005,
    Unit.MONEY: 0.005,
    Unit.TIMES: 0.05,
    Unit.SECONDS: 0.05,
    Unit.PER_HOUR: 0.5,
}


@dataclass(frozen=True)
class Tile:
    """One figure: what it is, what it was in the days before, what it should be, and whether it is."""

    definition: Definition
    found: Estimate
    before: Estimate
    target: float | None
    verdict: Verdict

    @property
    def name(self) -> str:
        """The figure's name."""
        return self.definition.name

    @property
    def group(self) -> str:
        """The heading that it stands under."""
        return self.definition.group

    @property
    def actual(self) -> str:
        """The figure in words."""
        return words.shown(self.found.value, self.definition.unit)

    @property
    def interval(self) -> str:
        """Its interval in words."""
        return words.between(self.found, self.definition.unit)

    @property
    def earlier(self) -> str:
        """What it was in the days before, in words."""
        return words.shown(self.before.value, self.definition.unit)

    @property
    def wanted(self) -> str:
        """Its target in words."""
        return "" if self.target is None else words.wanted(self.target, self.definition)

    @property
    def change(self) -> str:
        """By how much it is more or less than in the days before, in words; nothing where that is unknown."""
        now, before, unit = self.found.value, self.before.value, self.definition.unit
        if now is None or before is None:
            return ""
        off = now - before
        if abs(off) < SEEN[unit]:
            return "as much"
        if unit in (Unit.SHARE, Unit.POINTS):
            text = f"{100 * abs(off):.1f}{words.SPACE}points"
        else:
            text = words.shown(abs(off), unit)
        return f"{text} {'more' if off > 0 else 'less'}"

    @property
    def lacking(self) -> str:
        """Why there is no figure, or why it can't be told from its target, in words."""
        if self.found.value is None and self.definition.unit is Unit.MONEY:
            return "no decision of an item type whose hourly costs are typed"
        if self.found.value is None and not self.found.dark:
            return f"no {self.definition.of} in this time"
        return words.lacking(self.definition, self.found, self.verdict, None)


def tiles(
    found: Mapping[str, Estimate],
    before: Mapping[str, Estimate],
    made: Mapping[str, Promise],
    *,
    today: date,
    names: Sequence[str] = tuple(DEFINITIONS),
) -> list[Tile]:
    """Return these figures, each beside its target of today."""
    rows = []
    for name in names:
        definition, figure = DEFINITIONS[name], found.get(name, Estimate())
        target = made[name].on(today)
        judged = estimates.verdict(figure, target, definition.aim)
        rows.append(Tile(definition, figure, before.get(name, Estimate()), target, judged))
    return rows
