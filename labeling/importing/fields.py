"""Fields that several parts of a record have: labels and times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from routing.kinds import KINDS, KindErrors
from routing.models import ItemType
from routing.values import Findings

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


def clean_label(
    raw: Any, attr: str, payload: dict[str, Any] | None, item_type: ItemType, findings: Findings
) -> Any:
    """Return the label as it is stored; note what is wrong with it, under `attr`."""
    try:
        return KINDS[item_type.kind].clean_label(raw, payload, item_type.spec)
    except KindErrors as found:
        for one in found.errors:
            findings.add(attr + one.attr.removeprefix("label"), one.code, one.detail)
        return None


def moment(
    raw: Any, attr: str, findings: Findings, *, required: bool = False, before: datetime | None = None
) -> datetime | None:
    """Return the time in UTC; note what is wrong with it, such as lying after `before`, which is now."""
    if raw is None and not required:
        return None
    try:
        found = parse_datetime(raw) if isinstance(raw, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        findings.add(
            attr, "invalid", "Send an ISO 8601 time with its zone, for example 2026-11-20T09:30:00Z."
        )
        return None
    if before and found > before:
        findings.add(attr, "out_of_range", "This time lies in the future.")
        return None
    if found < EARLIEST:
        findings.add(attr, "out_of_range", f"This time lies before {EARLIEST.year}.")
        return None
    try:
        return found.astimezone(UTC)
    except OverflowError:
        findings.add(attr, "out_of_range", "This time lies after 9999.")
        return None
