"""How many items came in over time and where they went: the rows behind the dashboard's charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from audit.uuid7 import earliest


@dataclass(frozen=True)
class Window:
    """A stretch of time cut into equal steps, the last of which holds the present moment."""

    first: datetime
    width: timedelta
    steps: int
    now: datetime

    @property
    def days(self) -> float:
        """Its length up to the present moment."""
        return (self.now - self.first) / timedelta(days=1)


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

    @property
    def automation_rate(self) -> float | None:
        """The share that was approved without a person; None where nothing came in."""
        return self.automated / self.routed if self.routed else None


def window(days: int, now: datetime | None = None) -> Window:
    """Return the last day by the hour, or the last `days` calendar days, today included."""
    now = timezone.localtime(now)
    if days == 1:
        hour = now.replace(minute=0, second=0, microsecond=0)
        return Window(hour - timedelta(hours=23), timedelta(hours=1), 24, now)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(midnight - timedelta(days=days - 1), timedelta(days=1), days, now)


# Ids rise with time, so the primary key finds what is recent without an index of its own.
STEPS = """
SELECT date_bin(%(width)s::interval, i.created_at, %(first)s::timestamptz),
    count(*) FILTER (WHERE i.action = 'auto_approve'),
    count(*) FILTER (WHERE i.action = 'human_review'),
    count(*) FILTER (WHERE i.action = 'expert_escalation')
FROM routing_item i
WHERE i.id >= %(earliest)s AND i.created_at >= %(since)s AND i.created_at <= %(now)s {of_type}
GROUP BY 1
"""
OF_TYPE = "AND i.item_type_id = (SELECT id FROM routing_itemtype WHERE slug = %(item_type)s)"


def steps(over: Window, item_type: str | None = None) -> tuple[list[Step], list[Step]]:
    """Return the steps of the window and those of the equally long stretch before it, in one statement.

    A step in which nothing came in is there with zeros.
    """
    since = over.first - over.width * over.steps
    parameters = {
        "width": over.width,
        "first": over.first,
        "since": since,
        "earliest": earliest(since),
        "now": over.now,
        "item_type": item_type,
    }
    with connection.cursor() as cursor:
        cursor.execute(STEPS.format(of_type=OF_TYPE if item_type else ""), parameters)
        found = {start: counts for start, *counts in cursor.fetchall()}
    starts = [since + over.width * number for number in range(2 * over.steps)]
    filled = [Step(start, *found.get(start, (0, 0, 0))) for start in starts]
    return filled[over.steps :], filled[: over.steps]


def total(of: Sequence[Step]) -> Step | None:
    """Return the steps added up, or None where there are none."""
    if not of:
        return None
    return Step(
        of[0].start,
        sum(step.automated for step in of),
        sum(step.human for step in of),
        sum(step.expert for step in of),
    )
