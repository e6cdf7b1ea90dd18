"""How many items came in since midnight, by the hour, and where they went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from audit.uuid7 import earliest


@dataclass(frozen=True)
class Step:
    """One hour or day: how many items were approved by the router, sent to people, sent to experts."""

    start: datetime
    automated: int = 0
    human: int = 0
    expert: int = 0

    @property
    def routed(self) -> int:
        """How many items were judged."""
        return self.automated + self.human + self.expert


# Ids rise with time, so the primary key finds what is recent without an index of its own.
HOURS = """
SELECT width_bucket(i.created_at, %(starts)s::timestamptz[]),
    count(*) FILTER (WHERE i.action = 'auto_approve'),
    count(*) FILTER (WHERE i.action = 'human_review'),
    count(*) FILTER (WHERE i.action = 'expert_escalation')
FROM routing_item i
WHERE i.id >= %(earliest)s AND i.created_at >= %(since)s AND i.created_at <= %(now)s
    AND i.item_type_id = ANY(%(types)s)
GROUP BY 1
"""


def starts(now: datetime) -> list[datetime]:
    """Return when each hour of this day began, where the server is: 23 or 25 where the clock was turned."""
    local = timezone.localtime(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
    count = int((now - midnight) / timedelta(hours=1)) + 1
    return [timezone.localtime(midnight + timedelta(hours=hour)) for hour in range(count)]


def steps(types: Sequence[int], now: datetime) -> list[Step]:
    """Return the hours of this day for the item types of these ids, empty ones too, in one statement."""
    hours = starts(now)
    asked = {"starts": hours, "since": hours[0], "earliest": earliest(hours[0]), "now": now}
    with connection.cursor() as cursor:
        cursor.execute(HOURS, asked | {"types": list(types)})
        found = {number: counts for number, *counts in cursor.fetchall()}
    return [Step(start, *found.get(number, (0, 0, 0))) for number, start in enumerate(hours, start=1)]
