"""One item as exports see it: what was asked, what models and people said, and what came of it.

A record is a dictionary of JSON values; `reading` makes it, and every format is a function of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from routing.kinds import TypeSpec

Record = dict[str, Any]
ITEM, LABEL = "item", "label"


@dataclass(frozen=True)
class Head:
    """What is known of an export before its first row."""

    item_type: str
    spec: TypeSpec
    made_at: str  # ISO 8601
    conditions: dict[str, Any] | None = None  # of Amazon A2I, where the item type's rules came from such


@dataclass
class Tally:
    """How many rows an export has come to."""

    rows: int = field(default=0)


def dump(value: Any) -> bytes:
    """Return one JSON value on one line, in UTF-8; raises ValueError for NaN and infinities."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def line(value: Any) -> bytes:
    """Return one JSON value as a line."""
    return dump(value) + b"\n"


def answer(record: Record) -> dict[str, Any] | None:
    """Return the label that counts: the latest in force, with what several people settled on if they did."""
    latest = max(in_force(record), key=lambda one: (one["ts"], one["id"]), default=None)
    decision = record.get("decision") or {}
    if latest and decision.get("consensus") and record["status"] == "approved":
        return latest | {"label": decision["label"]}
    return latest


def in_force(record: Record) -> list[dict[str, Any]]:
    """Return the labels whose authors have not corrected them since."""
    return [one for one in record["labels"] if one.get("superseded_at") is None]


def verdict(record: Record) -> dict[str, Any] | None:
    """Return the latest of labels and rejections, each with `action` and `label`; None where nobody spoke."""
    said = [(one["ts"], one) for one in in_force(record)]
    refused = [one for one in record["reviews"] if one["action"] == "reject"]
    said += [(one.get("corrected_at") or one["created_at"], one) for one in refused]
    return max(said, key=lambda pair: pair[0])[1] if said else None
