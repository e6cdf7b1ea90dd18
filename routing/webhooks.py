"""The outbox: what clients are owed is stored with the decision and delivered after it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from audit import trail
from audit.trail import Actor
from routing import signing, transport
from routing.models import Delivery, Item
from routing.representation import item_data
from routing.transport import Answer, Unreachable
from routing.wire import dump

SENDER = "system:webhooks"
GONE = 410  # the client wants no more of these
AT_ONCE = 16
# Longer than any batch takes, so that no second worker sends what a first one still has in hand.
LEASE = timedelta(minutes=3)
# Standard Webhooks' schedule: pauses after each failed attempt, three days and a few hours in all.
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)
JITTER = 0.2  # share by which a pause varies, so that a client that comes back is not met by all at once
LONGEST_PAUSE = timedelta(days=1)


def announce(
    items: Iterable[Item], event: str, *, now: datetime, told: Mapping[str, Any] | None = None
) -> None:
    """Owe a message about each item to the client that asked for one, in the caller's transaction.

    What is `told` besides is said of each.
    """
    Delivery.objects.bulk_create(
        Delivery(
            item=item,
            url=item.callback_url,
            event=event,
            body={"type": event, "timestamp": now.isoformat(), "data": {**item_data(item), **(told or {})}},
            created_at=now,
            next_attempt_at=now,
        )
        for item in items
        if item.callback_url
    )


@transaction.atomic
def resend(delivery_ids: Iterable[UUID], *, by: Actor) -> int:
    """Owe these messages again, at once and under the same id; return how many there are."""
    rows = Delivery.objects.filter(pk__in=list(delivery_ids)).exclude(url="").select_related("item")
    found = list(rows.select_for_update(of=("self",)))
    Delivery.objects.filter(pk__in=[row.pk for row in found]).update(
        attempts=0, next_attempt_at=timezone.now(), delivered_at=None, parked_at=None
    )
    trail.record_all([_told("delivery.resent", row) for row in found], by=by)
    return len(found)


def deliver_due(limit: int = 200) -> int:
    """Send up to `limit` messages that are due and return how many arrived.

    Safe to run in several workers at once: each leases what it takes. Without a signing secret nothing is
    sent and ImproperlyConfigured is raised once a message is due.
    """
    arrived, left = 0, limit
    while left > 0 and (batch := _lease(min(left, 2 * AT_ONCE), now=timezone.now())):
        left -= len(batch)
        # Only the sending runs in threads: their database connections would be others than this one.
        with ThreadPoolExecutor(AT_ONCE) as pool:
            results = list(pool.map(_send, batch))
        for delivery, result in zip(batch, results, strict=True):
            arrived += _settle(delivery, result, now=timezone.now())
    return arrived


@transaction.atomic
def _lease(size: int, *, now: datetime) -> list[Delivery]:
    """Take messages that are due and put off their next attempt, so that a killed worker loses none."""
    due = Delivery.objects.filter(next_attempt_at__lte=now).order_by("next_attempt_at")
    batch = list(due.select_for_update(skip_locked=True)[:size])
    if batch and not settings.HITL_WEBHOOK_SECRET:
        raise ImproperlyConfigured("Messages to clients wait: set HITL_WEBHOOK_SECRET (see .env.example).")
    Delivery.objects.filter(pk__in=[one.pk for one in batch]).update(
        attempts=F("attempts") + 1, next_attempt_at=now + LEASE
    )
    for one in batch:
        one.attempts, one.next_attempt_at = one.attempts + 1, now + LEASE
    return batch


def _send(delivery: Delivery) -> Answer | Unreachable:
    body = dump(delivery.body)
    headers = signing.headers(settings.HITL_WEBHOOK_SECRET, str(delivery.pk), body, now=timezone.now())
    try:
        return transport.post(delivery.url, body, headers, allow_private=settings.HITL_WEBHOOK_ALLOW_PRIVATE)
    except Unreachable as problem:
        return problem


def _settle(delivery: Delivery, result: Answer | Unreachable, *, now: datetime) -> bool:
    """Write down how an attempt went and return whether the message arrived."""
    answered = isinstance(result, Answer)
    said = f"{result.status} {result.text}".strip() if answered else str(result)
    mine = Delivery.objects.filter(
        pk=delivery.pk, attempts=delivery.attempts, next_attempt_at=delivery.next_attempt_at
    )
    if answered and 200 <= result.status < 300:
        return bool(mine.update(last_answer=said, delivered_at=now, next_attempt_at=None))
    wait = pause_after(delivery.attempts, result.retry_after if answered else None)
    if wait is None or (answered and result.status == GONE):
        _park(delivery, mine, said, now=now)
    else:
        mine.update(last_answer=said, next_attempt_at=now + wait)
    return False


@transaction.atomic
def _park(delivery: Delivery, mine: QuerySet[Delivery], said: str, *, now: datetime) -> None:
    if mine.update(last_answer=said, parked_at=now, next_attempt_at=None):
        trail.record_all([_told("delivery.parked", delivery, answer=said)], by=SENDER)


def _told(verb: str, delivery: Delivery, **words: str) -> trail.Entry:
    """Return what is recorded of a message: its address and what came back may name whom an item is about."""
    shown, words = {"event": delivery.event}, {"url": delivery.url, **words}
    if delivery.item is None:
        return trail.Entry(verb, delivery, shown | words)
    return trail.Entry(verb, delivery, shown, words, delivery.item.secret)


def pause_after(attempts: int, retry_after: int | None = None) -> timedelta | None:
    """Return how long to wait after so many attempts, at least as long as the client asks; None: give up."""
    if attempts > len(PAUSES):
        return None
    pause = PAUSES[attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER)
    asked = min(timedelta(seconds=min(retry_after or 0, 10**6)), LONGEST_PAUSE)
    return max(pause, asked)
