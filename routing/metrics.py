"""How long the queues are and how fast they move.

`queues() -> list[QueueSize]` (one row per queue, with counts by priority),
`place(item_id) -> Place | None` (where an item waits, at a cost that does not grow with the backlog) and
`people_at_work() -> int`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from routing.economics import pace, staffing
from routing.models import Priority

CAP = 1000  # nobody plans by the exact number beyond it
PACE_WINDOW = timedelta(hours=1)
MOST_OVERTAKEN = 0.9  # share of people's time that later arrivals of a higher priority may take


@dataclass(frozen=True)
class QueueSize:
    """One queue: open seats by priority name, how many of them are overdue and held, the oldest, the pace."""

    queue: str
    group: str
    paused: bool
    open: int
    by_priority: dict[str, int]
    overdue: int
    held: int
    oldest_at: datetime | None
    answered_last_hour: int


@dataclass(frozen=True)
class Place:
    """Where an item waits: `ahead` counts the free seats served before it, up to CAP.

    `wait_seconds` follows from the people at work, the time that their looks take, and what comes in with a
    higher priority; nine of ten waits lie from `wait_low` to `wait_high`. All three are None where nobody has
    answered anything for hours.
    """

    queue: str
    ahead: int
    wait_seconds: float | None
    wait_low: float | None
    wait_high: float | None
    due_at: datetime


# A known question waits for one person, for as long as they are away: it is late for nobody.
SIZES = """
SELECT q.slug, g.name, q.paused_at IS NOT NULL,
    count(a.id),
    count(a.id) FILTER (WHERE a.priority = 0), count(a.id) FILTER (WHERE a.priority = 1),
    count(a.id) FILTER (WHERE a.priority = 2), count(a.id) FILTER (WHERE a.priority = 3),
    count(a.id) FILTER (WHERE a.due_at <= %(now)s AND a.purpose <> 'gold'),
    count(a.id) FILTER (WHERE a.leased_until > %(now)s),
    min(a.created_at),
    (SELECT count(*) FROM routing_assignment done
     WHERE done.queue_id = q.id AND done.closed_at > %(since)s AND done.outcome <> 'withdrawn')
FROM routing_queue q
JOIN auth_group g ON g.id = q.group_id
LEFT JOIN routing_assignment a ON a.queue_id = q.id AND a.closed_at IS NULL
GROUP BY q.id, g.name
ORDER BY q.slug
"""


def queues(now: datetime | None = None) -> list[QueueSize]:
    """Return every queue with its open seats, in one statement."""
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(SIZES, {"now": now, "since": now - PACE_WINDOW})
        rows = cursor.fetchall()
    return [
        QueueSize(slug, group, paused, count, dict(zip(Priority.labels, priorities, strict=True)), *rest)
        for slug, group, paused, count, *numbers in rows
        for priorities, rest in [(numbers[:4], numbers[4:])]
    ]


# The claim serves what is overdue by due time, then the rest by priority, utility and id. Both
# indexes are read from the front and up to a limit, so that a queue of a million costs what one of a thousand
# does: what is overdue by item type, as its index has it. (A range "before this seat" would tempt the planner
# to walk all closed seats by id.) Twice the cap is read by priority, since the overdue ones among those are
# counted already. What comes in with a higher priority is counted among the newest seats of all queues.
PLACE = f"""
WITH seat AS (
    SELECT a.id, a.queue_id, q.slug, a.priority, a.utility, a.due_at
    FROM routing_assignment a JOIN routing_queue q ON q.id = a.queue_id
    WHERE a.item_id = %(item)s AND a.closed_at IS NULL
      AND a.purpose IN ('review', 'overlap', 'expert') -- a client must not see which items are checked
    ORDER BY a.id LIMIT 1
)
SELECT seat.slug, seat.due_at, late.n, CASE WHEN seat.due_at <= %(now)s THEN 0 ELSE sooner.n END,
    moving.people, moving.n, moving.mean, moving.sd, moving.since,
    CASE WHEN seat.due_at <= %(now)s THEN 0 ELSE fresh.n / fresh.seconds END
FROM seat
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM routing_itemtype t CROSS JOIN LATERAL (
        SELECT 1 FROM routing_assignment a
        WHERE a.queue_id = seat.queue_id AND a.item_type_id = t.id AND a.closed_at IS NULL
          AND a.due_at <= %(now)s AND (a.due_at, a.id) < (seat.due_at, seat.id)
          AND (a.leased_until IS NULL OR a.leased_until <= %(now)s)
        ORDER BY a.due_at, a.id LIMIT %(cap)s
    ) counted
) late
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (
        WHERE near.due_at > %(now)s AND (near.leased_until IS NULL OR near.leased_until <= %(now)s)
          AND (-near.priority, -near.utility, near.id) < (-seat.priority, -seat.utility, seat.id)
    ) AS n FROM (
        SELECT a.id, a.priority, a.utility, a.due_at, a.leased_until FROM routing_assignment a
        WHERE a.queue_id = seat.queue_id AND a.closed_at IS NULL
        ORDER BY a.priority * -1, a.utility * -1, a.id LIMIT %(twice)s
    ) near
) sooner
CROSS JOIN LATERAL ({pace.MOVING.format(queue="seat.queue_id")}) moving
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (
        WHERE new.queue_id = seat.queue_id AND new.priority > seat.priority AND new.created_at > %(since)s
    ) AS n, extract(epoch FROM %(now)s - CASE
        WHEN count(*) < %(cap)s THEN %(since)s ELSE greatest(min(new.created_at), %(since)s)
    END)::float8 + 1 AS seconds
    FROM (
        SELECT a.queue_id, a.priority, a.created_at FROM routing_assignment a ORDER BY a.id DESC LIMIT %(cap)s
    ) new
) fresh
"""


def place(item_id: UUID, now: datetime | None = None) -> Place | None:
    """Return where the item waits for a person, in one statement, or None where it doesn't wait."""
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(PLACE, parameters(item_id, now))
        row = cursor.fetchone()
    if row is None:
        return None
    slug, due_at, late, sooner, people, closed, mean, sd, oldest, overtaking = row
    ahead = min(late + sooner, CAP)
    if not closed:
        return Place(slug, ahead, None, None, None, due_at)
    if not people:
        # Nobody is there at the moment: the throughput of the last hours is all that is known. Where the
        # counting of what was closed stopped at the cap, it is that of the time it covers.
        span = (now - oldest).total_seconds() if closed >= pace.CAP else pace.WINDOW.total_seconds()
        people, mean, sd = 1, span / closed, None
    # Those who come in between can't hold an item up for ever: sooner or later it is overdue, and first.
    busy = min(overtaking * mean / people, MOST_OVERTAKEN)
    wait = staffing.wait(ahead, people, mean, mean if sd is None else sd, overtaken=busy)
    return Place(slug, ahead, wait.seconds, wait.low, wait.high, due_at)


def parameters(item_id: UUID, now: datetime) -> dict[str, object]:
    """Return what PLACE is asked with."""
    return pace.parameters(now) | {"item": item_id, "cap": CAP, "twice": 2 * CAP}


# One look into the index by person for each user, whatever they have answered before.
AT_WORK = """
SELECT count(*) FROM auth_user u
CROSS JOIN LATERAL (
    (SELECT 1 FROM routing_assignment a
     WHERE a.user_id = u.id AND a.closed_at IS NULL AND a.leased_until > %(now)s LIMIT 1)
    UNION ALL
    (SELECT 1 FROM routing_assignment a WHERE a.user_id = u.id AND a.closed_at > %(recent)s LIMIT 1)
    LIMIT 1
) active
"""


def people_at_work(now: datetime | None = None) -> int:
    """Return how many people hold a seat, or have closed one in the last minutes, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(AT_WORK, pace.parameters(now or timezone.now()))
        return cursor.fetchone()[0]
