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
    def urgent(self) -> int:
        """How many seats of a high priority wait."""
        return sum(count for name, count in self.size.by_priority.items() if name in ("high", "urgent"))


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
        "priorities": list(sizes[0].by_priority) if sizes else [],
        "present": presence.present(shown.values(), now),
        "waiting": sum(one.open for one in sizes),
        "overdue": sum(one.overdue for one in sizes),
        "oldest": min((one.oldest_at for one in sizes if one.oldest_at), default=None),
    }
