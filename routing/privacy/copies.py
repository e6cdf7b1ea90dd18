"""Files that left the server and may hold what is erased here: named, for whoever keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from audit import trail
from audit.chain import canonical
from audit.models import AuditEvent
from routing.models import Item

MOST = 100  # of one erasure, the newest


def of(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Return the exports of these items' type that began since the first of them came, newest first.

    One that broke off, or that somebody is still taking, has left rows outside as well.
    """
    named = canonical({"item_type": items[0].item_type.slug}).strip("{}")
    since = min(item.created_at for item in items)
    begun = AuditEvent.objects.filter(verb="export.started", at__gte=since, body__contains=named)
    return [
        {"export": event.subject_id, "at": event.at.isoformat(), "by": event.actor}
        | {"format": trail.opened(event, None).get("format"), "item_type": items[0].item_type.slug}
        for event in begun.order_by("-id")[:MOST]
    ]


def merged(known: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return both lists as one, each export once, the newest first."""
    by_export = {one["export"]: one for one in (*known, *found)}
    return sorted(by_export.values(), key=lambda one: one["at"], reverse=True)[:MOST]
