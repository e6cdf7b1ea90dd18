"""The outbox: what clients are owed is stored with the decision and delivered after it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
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


def announce(items: Iterable[Item], event: str, *, now: datetime) -> None:
    """Owe a message about each item to the client that asked for one, in the caller's transaction."""
    Delivery.objects.bulk_create(
        Delivery(
            item=item,
            url=item.callback_url,
            event=event,
            body={"type": event, "timestamp": now.isoformat(), "data": item_data(item)},
            created_at=now,
            next_attempt_at=now,
        )
        for item in items
        if item.callback_url
    )


@transaction.atomic
def resend(delivery_ids: Iterable[UUID], *, by: Actor) -> int:
    """Owe these messages again, at once and under the same id; return how many there are."""
    found = list(Delivery.objects.filter(pk__in=list(delivery_ids)).select_for_update())
    Delivery.objects.filter(pk__in=[row.pk for row in found]).update(
        attempts=0, next_attempt_at=timezone.now(), delivered_at=None, parked_at=None
    )
    trail.record_all(
        [trail.Entry("delivery.resent", row, {"url": row.url, "event": row.event}) for row in found], by=by
    )
    return len(found)
