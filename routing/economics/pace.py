"""How fast each queue moves: what comes in, how long a look takes, who is at work.

`paces() -> dict[str, Pace]` by queue, in one statement that reads no more than the newest rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

WINDOW = timedelta(hours=4)
AT_WORK = timedelta(minutes=15)  # who has closed a seat within it, or holds one, counts as at work
NEWEST = 20_000  # seats over all queues by which arrivals are counted
CAP = 500  # answers, and seats at the front, of one queue


@dataclass(frozen=True)
class Pace:
    """One queue over the last hours: arrivals per hour, people at work, and what a look takes.

    `seconds` is the mean from claim to answer, each at most the longest of 99 in 100 (a tab left open), and
    `cv` the standard deviation over it; both None where nobody has answered.
    """

    per_hour: float
    people: int
    answered: int
    seconds: float | None
    cv: float | None


# Two index reads up to a limit: the newest answers, and who holds the front, where all that is held was
# claimed. What others ask of one queue too: n, mean, sd, since (of its answers) and people.
MOVING = """
    WITH done AS (
        SELECT a.user_id, a.closed_at, extract(epoch FROM a.closed_at - a.claimed_at)::float8 AS seconds
        FROM routing_assignment a
        WHERE a.queue_id = {queue} AND a.closed_at > %(since)s AND a.user_id IS NOT NULL
        ORDER BY a.closed_at DESC LIMIT %(few)s
    ), top AS (
        SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY seconds) AS seconds FROM done
    ), working AS (
        SELECT user_id FROM done WHERE closed_at > %(recent)s
        UNION
        SELECT front.user_id FROM (
            SELECT a.user_id, a.leased_until FROM routing_assignment a
            WHERE a.queue_id = {queue} AND a.closed_at IS NULL
            ORDER BY a.priority * -1, a.utility * -1, a.id LIMIT %(few)s
        ) front WHERE front.leased_until > %(now)s
    )
    SELECT count(done.closed_at) AS n, avg(least(done.seconds, top.seconds)) AS mean,
        stddev_samp(least(done.seconds, top.seconds)) AS sd, min(done.closed_at) AS since,
        (SELECT count(*) FROM working) AS people
    FROM top LEFT JOIN done ON true
"""
PACES = f"""
WITH fresh AS MATERIALIZED (
    SELECT a.queue_id, a.created_at FROM routing_assignment a ORDER BY a.id DESC LIMIT %(newest)s
), span AS (
    SELECT CASE
        WHEN count(*) < %(newest)s THEN %(since)s ELSE greatest(min(created_at), %(since)s)
    END AS since FROM fresh
)
SELECT q.slug, came.n, extract(epoch FROM %(now)s - span.since)::float8, moving.people, moving.n,
    moving.mean, moving.sd
FROM routing_queue q
CROSS JOIN span
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM fresh WHERE fresh.queue_id = q.id AND fresh.created_at > span.since
) came
CROSS JOIN LATERAL ({MOVING.format(queue="q.id")}) moving
"""


def paces(now: datetime | None = None) -> dict[str, Pace]:
    """Return the pace of every queue by its short name, in one statement."""
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(PACES, parameters(now))
        rows = cursor.fetchall()
    return {slug: _pace(*figures) for slug, *figures in rows}


def parameters(now: datetime) -> dict[str, object]:
    """Return what the statements above are asked with."""
    return {"now": now, "since": now - WINDOW, "recent": now - AT_WORK, "few": CAP, "newest": NEWEST}


def _pace(came: int, span: float, working: int, answered: int, mean: float | None, sd: float | None) -> Pace:
    per_hour = came * 3600 / span if span > 0 else 0.0
    return Pace(per_hour, working, answered, mean, sd / mean if mean and sd is not None else None)
