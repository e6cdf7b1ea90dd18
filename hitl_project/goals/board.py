"""What the page and the API show: each figure beside its target, and where items of each type stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format

from hitl_project.goals import estimates, keeping, remembering, sources, words
from hitl_project.goals.definitions import DEFINITIONS, GROUPS
from hitl_project.goals.estimates import Estimate, Verdict
from hitl_project.goals.facts import WEEKS, Cell
from hitl_project.goals.figures import Definition
from hitl_project.goals.promises import Promise, promises
from hitl_project.goals.told import TOLD, told
from routing import workflows
from routing.models import ItemType, Status


@dataclass(frozen=True)
class Row:
    """One figure beside its target."""

    definition: Definition
    found: Estimate
    target: float | None
    promise: Promise
    verdict: Verdict
    more: int | None
    weeks: list[tuple[date, float]]

    @property
    def name(self) -> str:
        """The figure's name."""
        return self.definition.name

    @property
    def actual(self) -> str:
        """The figure in words."""
        return words.shown(self.found.value, self.definition.unit)

    @property
    def interval(self) -> str:
        """Its interval in words."""
        return words.between(self.found, self.definition.unit)

    @property
    def wanted(self) -> str:
        """Its target in words."""
        return "" if self.target is None else words.wanted(self.target, self.definition)

    @property
    def path(self) -> str:
        """Where a target moves: from what, by when, to what."""
        row = self.promise.row
        if row is None or row.starts_on is None:
            return ""
        start, end = (words.wanted(value, self.definition) for value in (row.start, row.value))
        first, last = (date_format(day, "j M Y") for day in (row.starts_on, row.ends_on))
        return f"{start} on {first}, {end} from {last}"

    @property
    def lacking(self) -> str:
        """Why it can't be told from its target, in words."""
        return words.lacking(self.definition, self.found, self.verdict, self.more)

    @property
    def spark(self) -> words.Spark | None:
        """Its weekly figures as a line."""
        return words.spark(self._named, self.target, self.definition)

    @property
    def latest(self) -> str:
        """What it was in the last week that has a figure."""
        week, value = self._named[-1]
        return f"{words.shown(value, self.definition.unit)} in the week of {week}"

    @property
    def _named(self) -> list[tuple[str, float]]:
        return [(date_format(week, "j M"), value) for week, value in self.weeks]


@dataclass(frozen=True)
class Flow:
    """Where one item type's items stand that came in: by status, and what became of them on average."""

    item_type: ItemType
    workflow: str
    cell: Cell

    @property
    def states(self) -> list[tuple[str, int, float | None]]:
        """How many items have each status, and the mean seconds they took to it, or have waited so far."""
        counts, seconds = self.cell.states, self.cell.seconds
        return [
            (status.value, counts[status], seconds[status] / counts[status] if counts[status] else None)
            for status in Status
        ]

    @property
    def automation_rate(self) -> float | None:
        """The share that was approved without a person."""
        return self.cell.automated / self.cell.routed if self.cell.routed else None

    @property
    def review_rate(self) -> float | None:
        """The share that was sent to a person."""
        return (self.cell.human + self.cell.expert) / self.cell.routed if self.cell.routed else None

    @property
    def decision_seconds(self) -> float | None:
        """The mean seconds from arrival to decision."""
        decided = [Status.APPROVED, Status.REJECTED]
        count = sum(self.cell.states[one] for one in decided)
        return sum(self.cell.seconds[one] for one in decided) / count if count else None


@dataclass(frozen=True)
class Board:
    """All figures of one item type, or of all: since when, measured when, and where items stand.

    `measured_at` is None where nothing was ever measured; `late` where it was a while ago and is
    measured anew just now. Where nothing of that is left but the rows, `flows` is empty.
    """

    item_type: ItemType | None
    since: date
    measured_at: datetime | None
    late: bool
    rows: list[Row]
    flows: list[Flow]

    @property
    def groups(self) -> list[tuple[str, list[Row]]]:
        """The rows under their headings."""
        return [(name, [row for row in self.rows if row.definition.group == name]) for name in GROUPS]

    def count(self, verdict: Verdict) -> int:
        """Return how many figures stand so."""
        return sum(row.verdict is verdict for row in self.rows)


def board(
    item_type: ItemType | None,
    types: Sequence[ItemType],
    *,
    everything: bool = True,
    now: datetime | None = None,
) -> Board:
    """Return the board of one item type, or of these together; what was read in the last minutes counts.

    Unless these types are `everything` there is, no figure that is kept of all types is shown.
    """
    now = now or timezone.now()
    of = [item_type] if item_type else list(types)
    today = timezone.localdate(now)
    read, fresh = remembering.facts(now), {}
    facts = read.facts
    if facts is None:
        found, measured_at = keeping.kept(item_type) if item_type or everything else ({}, None)
        flows = []
    else:
        found, measured_at = keeping.whole(facts, told(of, now=now), of), facts.now
        flows = [Flow(one, workflow(one), facts.of_type(one.pk)) for one in of]
        fresh = {week: keeping.of_days(facts, of, facts.week(week)) for week in facts.weeks[-WEEKS:]}
    made = promises(item_type)
    past = keeping.history(item_type, today=today) if item_type or everything else {}
    rows = [
        _row(one, found.get(name, Estimate()), made[name], _weeks(name, past.get(name, []), fresh), today)
        for name, one in DEFINITIONS.items()
    ]
    return Board(item_type, sources.days(now, WEEKS - 1)[0].date(), measured_at, read.late, rows, flows)


def _row(
    definition: Definition, found: Estimate, promise: Promise, weeks: list[tuple[date, float]], today: date
) -> Row:
    target = promise.on(today)
    judged = estimates.verdict(found, target, definition.aim)
    more = estimates.more(found, target) if target is not None and judged is Verdict.UNDECIDED else None
    return Row(definition, found, target, promise, judged, more, weeks)


def _weeks(
    name: str, past: list[tuple[date, float]], fresh: Mapping[date, Mapping[str, Estimate]]
) -> list[tuple[date, float]]:
    """Return the weekly figures that are kept, those of the latest weeks as they are now."""
    if name in TOLD:
        return past
    now = [(week, found[name].value) for week, found in fresh.items() if found[name].value is not None]
    return [(week, value) for week, value in past if week not in fresh] + now


def workflow(item_type: ItemType) -> str:
    draft = {name: getattr(item_type, name) for name in workflows.SETTINGS}
    return workflows.TEMPLATES[workflows.name(draft)].title
