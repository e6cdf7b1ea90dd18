"""The outbox: what clients are owed is stored with the decision that it tells of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit import trail
from audit.trail import Actor, actor_name
from routing.errors import InvalidInput
from routing.models import Delivery, GoneAddress, Item
from routing.representation import item_data
from routing.transport import callable_url
from routing.webhooks import bodies

TEST = "hitl.test"

Adds = Callable[[Item], Mapping[str, Any]]

# What messages about items of a kind say besides, by kind: those who know register it.
ADDED: dict[str, Adds] = {}


def announce(
    items: Iterable[Item], event: str, *, now: datetime, told: Mapping[str, Any] | None = None
) -> None:
    """Owe a message about each item to the client that asked for one, in the caller's transaction.

    What is `told` besides is said of each, and what is registered in ADDED for its kind.
    """
    Delivery.objects.bulk_create(
        Delivery(
            item=item,
            url=item.callback_url,
            event=event,
            body=_body(item, event, now, told or {}),
            created_at=now,
            owed_at=now,
            next_attempt_at=now,
        )
        for item in items
        if item.callback_url
    )


def _body(item: Item, event: str, now: datetime, told: Mapping[str, Any]) -> dict[str, Any]:
    adds = ADDED.get(item.item_type.kind)
    data = {**item_data(item), **(adds(item) if adds else {}), **told}
    body = {"type": event, "timestamp": now.isoformat(), "data": data}
    link = settings.HITL_PUBLIC_URL.rstrip("/") + reverse("item", args=[item.pk])
    return bodies.fitted(body, link=link)


@transaction.atomic
def owe_test(url: str, *, by: Actor) -> Delivery:
    """Owe a message that says nothing but that messages arrive; raises InvalidInput for no address."""
    if not callable_url(url) or len(url) > Delivery._meta.get_field("url").max_length:
        raise InvalidInput.single("Write an address that starts with https:// or http://.", attr="url")
    now = timezone.now()
    said = "A test: if its signature fits, messages of this server arrive."
    body = {"type": TEST, "timestamp": now.isoformat(), "data": {"message": said, "by": actor_name(by)}}
    row = Delivery.objects.create(
        url=url, event=TEST, body=body, created_at=now, owed_at=now, next_attempt_at=now
    )
    trail.record_all([entry("delivery.tested", row)], by=by)
    return row


@transaction.atomic
def resend(delivery_ids: Iterable[UUID], *, by: Actor) -> int:
    """Owe these messages again, at once and under the same id; return how many there are.

    An address that wanted no more is asked again.
    """
    rows = Delivery.objects.filter(pk__in=list(delivery_ids)).exclude(url="").select_related("item")
    found = list(rows.select_for_update(of=("self",)))
    now = timezone.now()
    Delivery.objects.filter(pk__in=[row.pk for row in found]).update(
        attempts=0, next_attempt_at=now, owed_at=now, delivered_at=None, parked_at=None
    )
    GoneAddress.objects.filter(pk__in={bodies.digest(row.url) for row in found}).delete()
    trail.record_all([entry("delivery.resent", row) for row in found], by=by)
    return len(found)


def entry(verb: str, delivery: Delivery, **words: str) -> trail.Entry:
    """Return what is recorded of a message: its address and what came back may name whom an item is about."""
    shown, words = {"event": delivery.event}, {"url": delivery.url, **words}
    if delivery.item is None:
        return trail.Entry(verb, delivery, shown | words)
    return trail.Entry(verb, delivery, shown, words, delivery.item.secret)
