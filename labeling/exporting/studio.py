"""Label Studio's task format (labelstud.io/guide/task_format): a task an item, an annotation a label.

What Label Studio has no place for stands in each task's `meta.hitl`, so that nothing is lost on the way back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.exporting.controls import Control, control
from labeling.exporting.records import ITEM, Head, Record, dump
from routing.kinds import EMBEDDING, for_people

SAID_ELSEWHERE = ("payload", "predictions", "labels")
META = "hitl"


def start(head: Head) -> bytes:
    """Return the beginning of the list."""
    return b"["


def rows(record: Record, head: Head, number: int) -> Iterator[bytes]:
    """Yield the item as a task; labels without their item have no task."""
    if record["record"] == ITEM:
        yield (b",\n" if number else b"\n") + dump(task(record, head.spec.kind, number + 1))


def end(head: Head, count: int) -> bytes:
    """Return the end of the list."""
    return b"\n]\n"


def task(record: Record, kind: str, number: int) -> dict[str, Any]:
    """Return the task of a record."""
    tag, payload = control(kind), record["payload"]
    kept = {name: value for name, value in record.items() if name not in SAID_ELSEWHERE}
    kept["predictions"] = [_without(one, "model", "confidence") for one in record["predictions"]]
    kept["labels"] = [_without(one, "label", "user_id") for one in record["labels"]]
    if EMBEDDING in payload:
        kept[EMBEDDING] = payload[EMBEDDING]
    return {
        "id": number,
        "data": for_people(payload),
        "meta": {META: kept},
        "created_at": record["created_at"],
        "annotations": [_annotation(one, tag, payload, i) for i, one in enumerate(record["labels"], start=1)],
        "predictions": [_prediction(one, tag, payload) for one in record["predictions"]],
    }


def _annotation(label: Record, tag: Control, payload: Record, number: int) -> dict[str, Any]:
    results = tag.write(label["label"], payload)
    spent = label["time_spent_ms"]
    return {
        "id": number,
        "unique_id": label["id"],
        "was_cancelled": label["superseded_at"] is not None,
        "ground_truth": False,
        "created_at": label["ts"],
        "updated_at": label["ts"],
        "lead_time": None if spent is None else spent / 1000,
        "result_count": len(results),
        "result": results,
    }


def _prediction(one: Record, tag: Control, payload: Record) -> dict[str, Any]:
    try:
        results = tag.write(one["label"], payload)
    except (TypeError, ValueError, KeyError):
        results = []  # a model may have answered what its kind can't say; meta keeps it
    return {"model_version": one["model"], "score": one["confidence"], "result": results}


def _without(row: Record, *names: str) -> Record:
    return {name: value for name, value in row.items() if name not in names}
