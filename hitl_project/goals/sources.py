"""Reads the sums of every item type and day: nine statements, however many item types there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from audit.uuid7 import earliest
from hitl_project.goals.estimates import Amounts, Drawn, counted
from hitl_project.goals.facts import Cell, Desk, Facts, Place
from labeling import metrics
from routing.judging import ROUTER
from routing.models import Action
from routing.truth import CORRECTED

WEEKS = 9  # before this one: as many days as a month and the month before it
FRESH = timedelta(days=14)  # what is older hardly changes within a day
LONGEST = 6.0  # seconds, where somebody waits
TAB_LEFT_OPEN = 1800  # seconds a look counts at most

# Ids rise with time, so the primary key finds what is recent without an index of its own. date_part counts in
# floats, extract in decimals, which takes a third longer over a million rows.
ARRIVED = """
SELECT i.item_type_id, width_bucket(i.created_at, %(starts)s::timestamptz[]), i.action, i.status, count(*),
    sum(date_part('epoch', coalesce(i.decided_at, %(now)s) - i.created_at))
FROM routing_item i
WHERE i.id >= %(earliest)s AND i.created_at >= %(since)s AND i.created_at <= %(now)s
GROUP BY 1, 2, 3, 4
"""
DECIDED = """
SELECT t.id, width_bucket(d.decided_at, %(starts)s::timestamptz[]),
    count(*) FILTER (WHERE d.action IS NOT NULL
        AND t.cost_review_hour IS NOT NULL AND t.cost_expert_hour IS NOT NULL),
    count(*) FILTER (WHERE d.alone), coalesce(sum(d.took) FILTER (WHERE d.alone), 0),
    coalesce(sum(d.took * d.took) FILTER (WHERE d.alone), 0),
    count(*) FILTER (WHERE d.asked), coalesce(sum(d.took) FILTER (WHERE d.asked), 0),
    coalesce(sum(d.took * d.took) FILTER (WHERE d.asked), 0)
FROM routing_itemtype t CROSS JOIN LATERAL (
    SELECT i.decided_at, i.action, i.action = 'auto_approve' AND i.decided_by = %(router)s AS alone,
        i.action <> 'auto_approve' AS asked, date_part('epoch', i.decided_at - i.created_at) AS took
    FROM routing_item i
    WHERE i.item_type_id = t.id AND i.decided_at >= %(since)s AND i.decided_at <= %(now)s
) d
GROUP BY 1, 2
"""
# The last word on each item that people were asked about. An opinion given before it says less: what was
# disputed was looked at more often.
KEPT = f"""
SELECT last.item_type_id, width_bucket(last.created_at, %(starts)s::timestamptz[]), i.action, count(*),
    count(*) FILTER (WHERE last.agrees)
FROM (
    SELECT DISTINCT ON (r.item_id) r.item_id, a.item_type_id, r.created_at,
        coalesce(r.agrees_with_ai, false) AS agrees
    FROM labeling_review r JOIN routing_assignment a ON a.id = r.assignment_id
    WHERE r.created_at >= %(since)s AND a.purpose IN ('review', 'overlap', 'expert')
        AND (r.agrees_with_ai IS NOT NULL OR r.action = 'reject')
    ORDER BY r.item_id, r.id DESC
) last
JOIN routing_item i ON i.id = last.item_id
WHERE i.action <> 'auto_approve' AND i.confidence IS NOT NULL AND NOT {CORRECTED}
GROUP BY 1, 2, 3
"""
# First looks only: who is asked later is asked because of a doubt.
FIRST = f"""r.blind AND NOT {CORRECTED} AND (
    i.action = 'human_review' AND a.purpose IN ('review', 'overlap')
    OR i.action = 'expert_escalation' AND a.purpose = 'expert')"""
LOOKED = f"""
SELECT a.queue_id, a.item_type_id, width_bucket(r.created_at, %(starts)s::timestamptz[]), i.action,
    count(r.agrees_with_ai) FILTER (WHERE {FIRST}), count(*) FILTER (WHERE {FIRST} AND r.agrees_with_ai),
    count(took.s), coalesce(sum(took.s), 0), coalesce(sum(took.s * took.s), 0)
FROM labeling_review r
JOIN routing_assignment a ON a.id = r.assignment_id
JOIN routing_item i ON i.id = r.item_id
CROSS JOIN LATERAL (SELECT CASE WHEN r.time_spent_ms IS NOT NULL
    THEN least(r.time_spent_ms / 1000.0, {TAB_LEFT_OPEN}) END::float8 AS s) took
WHERE r.created_at >= %(since)s
GROUP BY 1, 2, 3, 4
"""
SEATS = f"""
SELECT q.id, s.item_type_id, width_bucket(s.closed_at, %(starts)s::timestamptz[]),
    count(*) FILTER (WHERE s.answered), coalesce(sum(s.held) FILTER (WHERE s.answered), 0),
    coalesce(sum(s.held * s.held) FILTER (WHERE s.answered), 0),
    count(s.queued) FILTER (WHERE s.awaited), coalesce(sum(s.queued) FILTER (WHERE s.awaited), 0),
    coalesce(sum(s.queued * s.queued) FILTER (WHERE s.awaited), 0),
    count(*) FILTER (WHERE s.awaited), count(*) FILTER (WHERE s.awaited AND s.closed_at <= s.due_at),
    count(s.cost), coalesce(sum(s.cost), 0), coalesce(sum(s.cost * s.cost), 0)
FROM routing_queue q CROSS JOIN LATERAL (
    SELECT a.item_type_id, a.closed_at, a.due_at, a.outcome = 'answered' AS answered,
        a.purpose IN ('review', 'overlap', 'expert') AND a.user_id IS NOT NULL AS awaited, took.held,
        greatest(date_part('epoch', a.claimed_at - a.created_at), 0) AS queued,
        took.held / 3600 * CASE
            WHEN t.cost_review_hour IS NULL OR t.cost_expert_hour IS NULL THEN NULL
            WHEN a.purpose IN ('expert', 'validate', 'appeal') THEN t.cost_expert_hour
            ELSE t.cost_review_hour
        END AS cost
    FROM routing_assignment a
    JOIN routing_itemtype t ON t.id = a.item_type_id
    CROSS JOIN LATERAL (SELECT CASE WHEN a.claimed_at IS NOT NULL
        THEN least(date_part('epoch', a.closed_at - a.claimed_at), {TAB_LEFT_OPEN}) END AS held) took
    WHERE a.queue_id = q.id AND a.closed_at >= %(since)s AND a.closed_at <= %(now)s
        AND a.outcome <> 'withdrawn'
) s
GROUP BY 1, 2, 3
"""
LATE = """
SELECT a.queue_id, a.item_type_id, count(*) FROM routing_assignment a
WHERE a.closed_at IS NULL AND a.due_at <= %(now)s AND a.purpose IN ('review', 'overlap', 'expert')
GROUP BY 1, 2
"""
# Of those opened in this time and answered by now, by when they were opened, as they are counted elsewhere.
DISPUTES = """
SELECT i.item_type_id, width_bucket(d.opened_at, %(starts)s::timestamptz[]), count(*),
    count(*) FILTER (WHERE d.state = 'overturned')
FROM labeling_appeal d JOIN routing_item i ON i.id = d.item_id
WHERE d.opened_at >= %(since)s AND d.state IN ('upheld', 'overturned')
GROUP BY 1, 2
"""
PART = {Action.AUTO_APPROVE: "automated", Action.HUMAN_REVIEW: "human", Action.EXPERT_ESCALATION: "expert"}


def days(now: datetime, weeks: int = WEEKS) -> list[datetime]:
    """Return when each day began where the server is, oldest first, from a Monday so many weeks ago."""
    local = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    count = 7 * weeks + local.weekday() + 1
    return [local - timedelta(days=ago) for ago in reversed(range(count))]


def read(
    now: datetime | None = None,
    *,
    known: Facts | None = None,
    longest: float = LONGEST,
    again: timedelta = FRESH,
) -> Facts:
    """Return the cells of all days; raises OperationalError after so many seconds.

    Of what was read earlier all is taken over but what had happened so long before: little changes in it
    within a day, and most rows are its.
    """
    now = now or timezone.now()
    begun, starts = monotonic(), days(now)
    kept = [] if known is None else _kept_days(known, starts, again)
    cells: defaultdict[Place, Cell] = defaultdict(Cell)
    desks: defaultdict[Desk, Cell] = defaultdict(Cell)
    if kept:
        cells |= {place: cell for place, cell in known.cells.items() if place[-1] in kept}
        desks |= {desk: cell for desk, cell in known.desks.items() if desk[-1] in kept}
    wanted = starts[len(kept) :]
    with transaction.atomic():
        for source in _sources(wanted, now):
            left = int(1000 * (begun + longest - monotonic()))
            if left < 1:
                raise OperationalError(f"Reading takes longer than {longest} seconds.")
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(left)])
            for queue, item_type, step, cell in source():
                day = wanted[step - 1].date()
                cells[item_type, day] += cell
                if queue is not None:
                    desks[queue, item_type, day] += cell
    seconds = max(monotonic() - begun, known.seconds if kept else 0.0)
    return Facts(tuple(start.date() for start in starts), now, dict(cells), dict(desks), seconds)


def _kept_days(known: Facts, starts: list[datetime], again: timedelta) -> set[date]:
    """Return the days, from the first on, of which what was read earlier is taken over."""
    until = (timezone.localtime(known.now) - again).date()
    wanted = {start.date() for start in starts}
    return {day for day in known.days if day < until} & wanted if known.days[0] <= min(wanted) else set()


Told = tuple[int | None, int, int, Cell]  # a queue's id where there is one, an item type's, the day from 1


def _sources(starts: list[datetime], now: datetime) -> Iterator[Callable[[], Iterator[Told]]]:
    """Return what reads one statement's cells, for each statement."""
    asked = {
        "starts": starts,
        "since": starts[0],
        "earliest": earliest(starts[0]),
        "now": now,
        "router": ROUTER,
    }
    for sql, cell in STATEMENTS:
        yield partial(_cells, sql, asked, cell)
    for sql, cell in BY_QUEUE:
        yield partial(_desks, sql, asked, cell)
    yield partial(_late, asked)
    for sql, name in ((metrics.CHECKS, "checks"), (metrics.VALIDATIONS, "validated")):
        yield partial(_weighed, sql, starts, name)


def _cells(sql: str, asked: dict[str, Any], cell: Callable[..., Cell]) -> Iterator[Told]:
    for item_type, step, *values in _rows(sql, asked):
        yield None, item_type, step, cell(*values)


def _desks(sql: str, asked: dict[str, Any], cell: Callable[..., Cell]) -> Iterator[Told]:
    for queue, item_type, step, *values in _rows(sql, asked):
        yield queue, item_type, step, cell(*values)


def _late(asked: dict[str, Any]) -> Iterator[Told]:
    for queue, item_type, late in _rows(LATE, asked):
        yield queue, item_type, len(asked["starts"]), Cell(in_time=counted(late, 0))


def _weighed(sql: str, starts: list[datetime], name: str) -> Iterator[Told]:
    for (item_type, step), sums in metrics.by_step(sql, starts).items():
        yield None, item_type, step, Cell(**{name: Drawn(*sums)})


def _arrived(action: str | None, status: str, count: int, seconds: float) -> Cell:
    cell = Cell()
    cell.states[status], cell.seconds[status] = count, seconds
    if action is not None:
        setattr(cell, PART[Action(action)], count)
        if status in ("approved", "rejected"):
            setattr(cell, f"decided_{PART[Action(action)]}", count)
    return cell


def _decided(priced: int, *sums: float) -> Cell:
    return Cell(priced=priced, processed=Amounts(*sums[:3]), resolved=Amounts(*sums[3:]))


def _kept(action: str, count: int, kept: int) -> Cell:
    return Cell(**{f"kept_{PART[Action(action)]}": counted(count, kept)})


def _looked(action: str | None, blind: int, same: int, *seconds: float) -> Cell:
    cell = Cell(looked=Amounts(*seconds))
    if blind:
        setattr(cell, f"blind_{PART[Action(action)]}", counted(blind, same))
    return cell


def _seats(*sums: float) -> Cell:
    in_time = counted(int(sums[6]), int(sums[7]))
    return Cell(
        held=Amounts(*sums[:3]), queued=Amounts(*sums[3:6]), in_time=in_time, costs=Amounts(*sums[8:])
    )


def _disputes(answered: int, overturned: int) -> Cell:
    return Cell(disputes=counted(answered, overturned))


STATEMENTS: tuple[tuple[str, Callable[..., Cell]], ...] = (
    (ARRIVED, _arrived),
    (DECIDED, _decided),
    (KEPT, _kept),
    (DISPUTES, _disputes),
)
BY_QUEUE: tuple[tuple[str, Callable[..., Cell]], ...] = ((LOOKED, _looked), (SEATS, _seats))


def _rows(sql: str, parameters: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
