"""What came of the checks of automated items: drawn, answered, missed, overturned; and of seeded errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from routing.judging import ROUTER
from routing.models import Action, Item, ItemType, Purpose
from routing.truth import CORRECTED

SHOWN = 10


@dataclass(frozen=True)
class Checks:
    """Counts of checks that were drawn in a window.

    `missed` were not answered within their queue's timeout and count as errors; `waiting` are still in time.
    `overturned` items were decided otherwise after the check, by whoever had the last word. Of the seeds
    `caught` and `overlooked` were told apart by the answer; `doubted` were rejected or escalated.
    """

    drawn: int = 0
    answered: int = 0
    waiting: int = 0
    missed: int = 0
    overturned: int = 0
    seeds: int = 0
    caught: int = 0
    overlooked: int = 0
    doubted: int = 0


CHECKS = f"""
SELECT a.item_type_id,
    count(*) FILTER (WHERE a.purpose = 'audit'),
    count(*) FILTER (WHERE a.purpose = 'audit' AND a.closed_at IS NOT NULL),
    count(*) FILTER (WHERE a.purpose = 'audit' AND a.closed_at IS NULL AND late.at > %(now)s),
    count(*) FILTER (WHERE a.purpose = 'audit' AND a.closed_at IS NULL AND late.at <= %(now)s),
    count(*) FILTER (
        WHERE a.purpose = 'audit' AND a.closed_at > %(closed)s
          AND i.action = 'auto_approve' AND i.decided_by <> %(router)s),
    count(*) FILTER (WHERE a.purpose = 'seed'),
    count(*) FILTER (WHERE a.caught),
    count(*) FILTER (WHERE NOT a.caught),
    count(*) FILTER (WHERE a.purpose = 'seed' AND a.closed_at IS NOT NULL AND a.caught IS NULL)
FROM routing_assignment a
JOIN routing_queue q ON q.id = a.queue_id
JOIN routing_item i ON i.id = a.item_id
CROSS JOIN LATERAL (SELECT a.created_at + q.timeout_hours * interval '1 hour' AS at) late
WHERE a.purpose IN ('audit', 'seed') AND a.item_type_id = ANY(%(types)s) AND a.created_at > %(since)s
    AND NOT {CORRECTED}
GROUP BY a.item_type_id
"""


def checks(
    item_types: Iterable[ItemType],
    *,
    now: datetime,
    over: timedelta = timedelta(days=30),
    closed_within: timedelta | None = None,
) -> dict[int, Checks]:
    """Return by item type's id what came of the checks drawn in the last time `over`, in one statement.

    With `closed_within` only what was overturned by checks answered so lately is counted as overturned. Item
    types without a check are left out, and so are checks of answers that a person had corrected before.
    """
    parameters = {
        "types": [one.pk for one in item_types],
        "now": now,
        "since": now - over,
        "closed": now - (closed_within or over),
        "router": ROUTER,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHECKS, parameters)
        return {row[0]: Checks(*row[1:]) for row in cursor.fetchall()}


def overturned(item_type: ItemType) -> list[tuple[UUID, str, str, datetime]]:
    """Return the items whose check came to another answer, latest first: id, reference, by whom, when."""
    found = Item.objects.filter(
        item_type=item_type,
        action=Action.AUTO_APPROVE,
        assignments__purpose=Purpose.AUDIT,
        assignments__closed_at__isnull=False,
        decided_at__isnull=False,
    ).exclude(Q(decided_by=ROUTER) | Q(signals__has_key="corrected"))
    newest = found.order_by("-decided_at").values_list("pk", "item_ref", "decided_by", "decided_at")
    return list(newest[:SHOWN])
