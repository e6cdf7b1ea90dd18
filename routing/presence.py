"""Who is at work: whoever holds a seat, or has closed one in the last minutes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from routing.economics.pace import AT_WORK

MOST = 50  # people that are named
WINDOW = timedelta(hours=1)

# A few looks into the index by person for each user, whatever they have answered before.
PRESENT = """
SELECT u.username, held.slug, held.claimed_at, done.answered, done.last
FROM auth_user u
LEFT JOIN LATERAL (
    SELECT q.slug, a.claimed_at FROM routing_assignment a JOIN routing_queue q ON q.id = a.queue_id
    WHERE a.user_id = u.id AND a.closed_at IS NULL AND a.leased_until > %(now)s
        AND a.queue_id = ANY(%(queues)s)
    ORDER BY a.claimed_at LIMIT 1
) held ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS answered, max(a.closed_at) AS last FROM routing_assignment a
    WHERE a.user_id = u.id AND a.closed_at > %(since)s AND a.outcome = 'answered'
        AND a.queue_id = ANY(%(queues)s)
) done ON true
WHERE u.is_active AND (held.slug IS NOT NULL OR done.last > %(recent)s)
ORDER BY done.answered DESC, u.username LIMIT %(most)s
"""


@dataclass(frozen=True)
class Present:
    """One person at work: the queue of the seat they hold and since when, and answers of the last hour."""

    username: str
    queue: str | None
    since: datetime | None
    answered: int
    last_at: datetime | None


def present(queues: Collection[int], now: datetime | None = None) -> list[Present]:
    """Return who is at work in the queues of these ids, the most diligent first, in one statement."""
    now = now or timezone.now()
    asked = {"now": now, "since": now - WINDOW, "recent": now - AT_WORK, "queues": list(queues), "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(PRESENT, asked)
        return [Present(*row) for row in cursor.fetchall()]
