"""CSV (RFC 4180): one row a label, the contract's columns first, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from audit.spreadsheets import guarded
from labeling.exporting.records import Head, Record, dump

CONTRACT = ("id", "item_type", "item_ref", "label", "user_id", "ts", "prev_confidence", "session_id")
LABEL = (*CONTRACT, "action", "feedback_type", "weight", "source", "superseded_at")
COLUMNS = (*LABEL, "split", "status", "answer", "payload")


def start(head: Head) -> bytes:
    """Return the names of the columns."""
    return _row(COLUMNS)


def rows(record: Record, head: Head, number: int) -> Iterator[bytes]:
    """Yield a row for each label of the record; none where nobody has said anything."""
    for one in told(record):
        yield _row([cell(value) for value in one.values()])


def told(record: Record) -> Iterator[dict[str, Any]]:
    """Yield the columns and values of each label of the record."""
    decision = record.get("decision") or {}
    for label in record["labels"]:
        session = label["session"] or {}
        row = record | label | {"session_id": session.get("id"), "answer": decision.get("label")}
        yield {name: row.get(name) for name in COLUMNS}


def end(head: Head, count: int) -> bytes:
    """Return nothing."""
    return b""


def cell(value: Any) -> Any:
    """Return what is written for a value: text as it is, with an apostrophe before what begins a formula.

    Numbers stay numbers, None is empty, anything else is JSON.
    """
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return dump(value).decode()
    return guarded(value)


def _row(values: Any) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue().encode()
