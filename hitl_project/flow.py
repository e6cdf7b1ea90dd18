"""How many items came in over time and where they went: the rows behind the dashboard's charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from audit.uuid7 import earliest


@dataclass(frozen=True)
class Window:
    """A stretch of time cut into steps, the last of which holds the present moment, and as many before it.

    Where each step starts is settled here and nowhere else: it ends where the next one starts, so that a day
    of 23 or 25 hours loses nothing.
    """

    before: tuple[datetime, ...]
    starts: tuple[datetime, ...]
    now: datetime

    @property
    def first(self) -> datetime:
        """When it begins."""
        return self.starts[0]

    @property
    def steps(self) -> int:
        """How many there are, and as many before."""
        return len(self.starts)

    @property
    def days(self) -> float:
        """Its length up to the present moment, in days of 24 hours."""
        return (self.now.astimezone(UTC) - self.first.astimezone(UTC)) / timedelta(days=1)


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
        # In UTC an hour back is an hour back; on the clock on the wall one may be missing or come twice.
        hour = now.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
        return _window([timezone.localtime(hour - timedelta(hours=ago)) for ago in range(48)], now)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return _window([midnight - timedelta(days=ago) for ago in range(2 * days)], now)


def _window(starts: list[datetime], now: datetime) -> Window:
    rising, half = tuple(reversed(starts)), len(starts) // 2
    return Window(rising[:half], rising[half:], now)


# Ids rise with time, so the primary key finds what is recent without an index of its own.
STEPS = """
SELECT width_bucket(i.created_at, %(starts)s::timestamptz[]),
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
    starts = [*over.before, *over.starts]
    parameters = {
        "starts": starts,
        "since": starts[0],
        "earliest": earliest(starts[0]),
        "now": over.now,
        "item_type": item_type,
    }
    with connection.cursor() as cursor:
        cursor.execute(STEPS.format(of_type=OF_TYPE if item_type else ""), parameters)
        found = {number: counts for number, *counts in cursor.fetchall()}
    filled = [Step(start, *found.get(number, (0, 0, 0))) for number, start in enumerate(starts, start=1)]
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
