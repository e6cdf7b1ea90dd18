"""What somebody who reviews needs first: their queues, what is due, how far they came today."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format

from hitl_project.dashboard.plots import COUNT, Plot, line
from labeling.answering import sittings
from labeling.models import Review
from labeling.pages import waiting
from labeling.people import own
from routing import assignments
from routing.standing import standing

DAYS = 14

# One look into the index by due time for each queue and item type.
DUE = """
SELECT q.slug, min(due.at) FROM routing_queue q CROSS JOIN routing_itemtype t CROSS JOIN LATERAL (
    SELECT a.due_at AS at FROM routing_assignment a
    WHERE a.queue_id = q.id AND a.item_type_id = t.id AND a.closed_at IS NULL AND a.due_at > %(now)s
    ORDER BY a.due_at, a.id LIMIT 1
) due
WHERE q.slug = ANY(%(queues)s)
GROUP BY 1
"""


@dataclass(frozen=True)
class Today:
    """What one person has answered since midnight, the median seconds for one, and how long all took."""

    answered: int
    seconds: float | None
    minutes: int


def mine(user: User, now: datetime) -> dict[str, Any]:
    """Return what the part of a reviewer shows; `queues` is empty for whoever has none."""
    queues = waiting.queues(user)
    if not queues:
        return {"queues": []}
    due = next_due([queue.slug for queue in queues], now)
    late = sum(queue.overdue for queue in queues)
    return {
        "queues": [(queue, due.get(queue.slug)) for queue in queues],
        "free": any(queue.free and not queue.paused for queue in queues),
        "late": waiting.capped(late) if late else "",
        "held": assignments.current(user),
        "progress": sittings.progress(user),
        "refusal": standing(user).refusal,
        "today": _today(user, now),
        "known": own.at_known_questions(user, now=now),
        "with_experts": own.with_experts(user, now=now),
        "plot": _plot(user, now),
    }


def next_due(queues: Collection[str], now: datetime) -> dict[str, datetime]:
    """Return by queue when the next of what is not overdue yet is due, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"now": now, "queues": list(queues)})
        return dict(cursor.fetchall())


def _today(user: User, now: datetime) -> Today:
    """Return what was answered since midnight, in one statement."""
    rows = Review.objects.filter(user=user, created_at__gte=_midnight(now))
    taken = list(rows.order_by().values_list("time_spent_ms", flat=True))
    times = [spent / 1000 for spent in taken if spent is not None]
    return Today(len(taken), median(times) if times else None, round(sum(times) / 60))


def _plot(user: User, now: datetime) -> Plot:
    """Return the chart of answers by day, counted in one statement."""
    today = timezone.localdate(now)
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    rows = Review.objects.filter(user=user, created_at__gte=_midnight(now) - timedelta(days=DAYS - 1))
    by_day = rows.order_by().values(day=TruncDate("created_at")).annotate(answers=Count("pk"))
    counts = dict(by_day.values_list("day", "answers"))
    names = tuple(date_format(day, "j M") for day in days)
    said = (line("Answers", "--accent", [counts.get(day, 0) for day in days]),)
    return Plot("answers", "Your last two weeks", "Day", names, said, COUNT, stacked=True)


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
