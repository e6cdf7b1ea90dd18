"""The outbox: what clients are owed is stored with the decision and delivered after it."""

from collections.abc import Iterable
from datetime import datetime

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
