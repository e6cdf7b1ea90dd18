"""What an expert reads of a dispute: its grounds, and neither what was decided nor by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labeling.models import Appeal
from routing.models import Assignment, Purpose


@dataclass(frozen=True)
class Dispute:
    """The grounds of a dispute, in the words of who disputes (empty: none were given), and since when."""

    reason: str
    opened_at: datetime


def dispute(seat: Assignment) -> Dispute | None:
    """Return the dispute that the seat's holder decides, one statement; None, and none, at any other seat."""
    if seat.purpose != Purpose.APPEAL:
        return None
    found = Appeal.objects.filter(seat=seat).values_list("reason", "opened_at").first()
    return Dispute(*found) if found else None


def data(seat: Assignment) -> dict[str, Any] | None:
    """Return the same for the API."""
    found = dispute(seat)
    return {"reason": found.reason, "opened_at": found.opened_at.isoformat()} if found else None
