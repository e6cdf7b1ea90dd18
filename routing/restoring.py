"""Items that come from elsewhere with their past: what was settled there stays settled here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from audit import trail
from audit.trail import Actor
from routing import router, telling
from routing.models import DECIDED, Item
from routing.router import Entry, Submitted

# One statement for any number of rows; JSON null becomes NULL, times come as text.
WRITE = """
UPDATE routing_item AS i
SET status = r.status, label = r.label, decided_at = r.decided_at, decided_by = r.decided_by,
    created_at = r.created_at, held_out = r.held_out, signals = r.signals
FROM jsonb_to_recordset(%s::jsonb) AS r (
    id uuid, status text, label jsonb, decided_at timestamptz, decided_by text, created_at timestamptz,
    held_out boolean, signals jsonb
)
WHERE i.id = r.id
"""
FIELDS = ("id", "status", "label", "decided_at", "decided_by", "created_at", "held_out", "signals")


@dataclass(frozen=True)
class Past:
    """How an item stood elsewhere: `status` is a decided one, or empty where it was still open.

    `origin` tells how it was decided there: action, policy number and reasons. `held_out` keeps what judged
    models there from teaching them here; None leaves it to this server's draw.
    """

    status: str = ""
    label: Any = None
    decided_at: datetime | None = None
    decided_by: str = ""
    created_at: datetime | None = None
    held_out: bool | None = None
    origin: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def restore(item_type: str, arrivals: Sequence[tuple[Entry, Past]], *, by: Actor) -> list[Submitted]:
    """Take items in with their past, all or none, and return them in the order given.

    Decided ones are written as they were, by no policy of this server: nobody here judged them, so they
    prove nothing about its models. Open ones are judged as if they had just come. A known reference changes
    nothing. Raises UnknownItemType and NoPolicy.
    """
    entries = [replace(entry, pool=True) if past.status else entry for entry, past in arrivals]
    taken = router.submit(item_type, entries, by=by)
    fresh = [(one.item, past) for one, (_, past) in zip(taken, arrivals, strict=True) if not one.duplicate]
    for item, past in fresh:
        _write(item, past)
    rows = [{name: getattr(item, name) for name in FIELDS} for item, _ in fresh]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [json.dumps(rows, default=str)])
    settled = [item for item, _ in fresh if item.signals.get("origin")]
    trail.record_all([_event(item) for item in settled], by=by)
    return taken


def _write(item: Item, past: Past) -> None:
    """Write an item's past into its row, which this transaction has just made and nobody else has seen."""
    if past.status in DECIDED:
        item.status, item.label = past.status, past.label
        item.decided_at, item.decided_by = past.decided_at, past.decided_by
        item.signals = {"origin": past.origin}
    item.created_at = past.created_at or item.created_at
    item.held_out = item.held_out if past.held_out is None else past.held_out


def _event(item: Item) -> trail.Entry:
    data = {"status": item.status, "label": item.label, "decided_at": item.decided_at}
    return telling.entry("item.restored", item, data | {"decided_by": item.decided_by, **item.signals})
