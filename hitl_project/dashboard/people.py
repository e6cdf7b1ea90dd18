"""What waits for people now, who is at work, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from hitl_project.dashboard.outlook import Outlook, outlook
from routing import metrics, presence, teams
from routing.economics import pace
from routing.economics.pace import Pace
from routing.metrics import QueueSize
from routing.models import Queue


@dataclass(frozen=True)
class Line:
    """One queue: its row, what waits, how fast it moves, what becomes of it."""

    pk: int
    size: QueueSize
    pace: Pace | None
    outlook: Outlook

    @property
    def priorities(self) -> list[tuple[str, int]]:
        """How many seats wait of each priority of which any do, the highest first."""
        return [(name, count) for name, count in reversed(self.size.by_priority.items()) if count]


def now_waiting(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Return each queue that the reader may see, with its outlook, and who is at work there."""
    shown = dict(teams.queues(Queue.objects.all(), request).values_list("slug", "pk"))
    paces = pace.paces(now)
    sizes = [one for one in metrics.queues(now) if one.queue in shown]
    lines = [
        Line(shown[one.queue], one, found, outlook(one.open, None if one.paused else found))
        for one in sizes
        for found in [paces.get(one.queue)]
    ]
    return {
        "queues": lines,
        "present": presence.present(shown.values(), now),
        "waiting": sum(one.open for one in sizes),
        "overdue": sum(one.overdue for one in sizes),
        "oldest": min((one.oldest_at for one in sizes if one.oldest_at), default=None),
    }
