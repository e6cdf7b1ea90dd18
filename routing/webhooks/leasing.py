"""Which messages are sent next: in turns among clients' servers, whatever one of them has in store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import F

from routing.models import Delivery
from routing.webhooks.endpoints import FAILURES

PER_ORIGIN = 8  # messages that one server is sent at a time by one worker
# Longer than any attempt takes, so that no second worker sends what a first one still has in hand.
LEASE = timedelta(minutes=3)

# The first statement hops from one origin to the next along the index: a million messages to one client
# cost no more than one. Each origin's first message comes before any other's second.
NEXT = """
WITH RECURSIVE origins AS (
    (SELECT origin FROM routing_delivery WHERE next_attempt_at IS NOT NULL ORDER BY origin LIMIT 1)
    UNION ALL
    SELECT (
        SELECT d.origin FROM routing_delivery d
        WHERE d.next_attempt_at IS NOT NULL AND d.origin > o.origin ORDER BY d.origin LIMIT 1
    ) FROM origins o WHERE o.origin IS NOT NULL
)
SELECT d.id, o.origin, COALESCE(e.failures, 0)
FROM origins o
LEFT JOIN routing_endpoint e ON e.origin = o.origin
CROSS JOIN LATERAL (
    SELECT id, next_attempt_at, row_number() OVER (ORDER BY next_attempt_at) AS turn FROM (
        SELECT id, next_attempt_at FROM routing_delivery
        WHERE origin = o.origin AND next_attempt_at <= %(now)s ORDER BY next_attempt_at LIMIT %(each)s
    ) due
) d
WHERE e.rests_until IS NULL OR e.rests_until <= %(now)s
ORDER BY d.turn, d.next_attempt_at LIMIT %(most)s
"""


@transaction.atomic
def lease(size: int, *, now: datetime, busy: Mapping[str, int] | None = None) -> list[Delivery]:
    """Take up to `size` messages that are due and put off their next attempt, so a killed worker loses none.

    `busy` says how many messages each origin is being sent by this worker. Raises ImproperlyConfigured where
    something is due and no secret is there to sign it.
    """
    wanted = _next(size, now=now, busy=Counter(busy or {}))
    if wanted and not settings.HITL_WEBHOOK_SECRET:
        raise ImproperlyConfigured("Messages to clients wait: set HITL_WEBHOOK_SECRET (see .env.example).")
    if not wanted:
        return []
    due = Delivery.objects.filter(pk__in=wanted, next_attempt_at__lte=now).select_related("item")
    batch = list(due.order_by("next_attempt_at").select_for_update(of=("self",), skip_locked=True))
    Delivery.objects.filter(pk__in=[one.pk for one in batch]).update(
        attempts=F("attempts") + 1, next_attempt_at=now + LEASE
    )
    for one in batch:
        one.attempts, one.next_attempt_at = one.attempts + 1, now + LEASE
    return batch


def _next(size: int, *, now: datetime, busy: Counter[str]) -> list[UUID]:
    """Return the ids of messages to take, as far as their origins have room."""
    with connection.cursor() as cursor:
        # What an origin without room takes away of the answer is asked for besides.
        most = size + sum(busy.values())
        cursor.execute(NEXT, {"now": now, "each": PER_ORIGIN, "most": most})
        rows = cursor.fetchall()
    wanted: list[UUID] = []
    for pk, origin, failures in rows:
        # One that has failed so often is tried with one message, not with eight.
        if len(wanted) < size and busy[origin] < (1 if failures >= FAILURES else PER_ORIGIN):
            busy[origin] += 1
            wanted.append(pk)
    return wanted
