"""Looks at an item that ended without an answer, told in the trail: who saw it is part of its story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from audit import trail
from routing.models import Assignment

GIVEN_BACK = "given back"
LAPSED = "the lease ran out"
CALLED_OFF = "no answer was needed any more"


def held(seats: QuerySet[Assignment]) -> list[dict[str, Any]]:
    """Return who holds, or held last, each of the seats, and lock them: `record` takes the rows."""
    rows = seats.filter(user__isnull=False).select_for_update(of=("self",))
    return list(
        rows.values(
            "item_id", "purpose", "claimed_at", "leased_until", assignment=F("pk"), person=F("user__username")
        )
    )


def record(rows: Iterable[Mapping[str, Any]], ended: str, *, now: datetime) -> None:
    """Record `item.looked_at` for each row, by the person who looked; `until` is when the look ended."""
    for row in rows:
        lapsed = row["leased_until"] <= now
        trail.record(
            "item.looked_at",
            ("routing.item", row["item_id"]),
            by=f"user:{row['person']}",
            assignment=row["assignment"],
            purpose=row["purpose"],
            claimed_at=row["claimed_at"],
            until=row["leased_until"] if lapsed else now,
            ended=LAPSED if lapsed else ended,
        )
