"""The outbox: what clients are owed is stored with the decision and delivered after it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import trail
from audit.trail import Actor
from routing.models import Delivery, Item
from routing.representation import item_data


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
        next_attempt_at=timezone.now(), delivered_at=None, parked_at=None
    )
    trail.record_all([trail.Entry("delivery.resent", row, {"url": row.url, "event": row.event}) for row in found], by=by)
    return len(found)
