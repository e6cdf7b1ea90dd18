"""A task of Label Studio made a record: an item, predictions, and a label for each annotation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from labeling.exporting.controls import Unreadable, control
from labeling.exporting.studio import META
from routing.kinds import EMBEDDING, TypeSpec
from routing.values import is_number

# The size of a picture whose export doesn't tell it: boxes then stay in percent.
UNKNOWN_SIZE = {"width": 100, "height": 100, "size": "unknown: boxes are in percent"}
SIZES = {"width": "original_width", "height": "original_height"}


class NoTask(ValueError):
    """Something is no task of Label Studio, or says no label of the kind; the text says what."""


def record(task: Any, spec: TypeSpec, item_type: str) -> dict[str, Any]:
    """Return the record of a task; raises NoTask.

    An annotation that was skipped says nothing and is left out. Of a task that one of our exports made, all
    is read that `meta` kept; its annotations may have changed, been added or been taken away since.
    """
    if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
        raise NoTask("A task needs data.")
    meta = task.get("meta")
    kept = meta.get(META) if isinstance(meta, dict) and isinstance(meta.get(META), dict) else {}
    made = {"item_ref": _ref(task), "created_at": task.get("created_at")} | kept
    made["payload"] = _payload(task, spec)
    if EMBEDDING in made:
        made["payload"] = made["payload"] | {EMBEDDING: made.pop(EMBEDDING)}
    annotations = _dicts(task, "annotations") or _dicts(task, "completions")
    labels = {one["id"]: one for one in _dicts(kept, "labels") if isinstance(one.get("id"), str)}
    made["labels"] = [
        _label(one, labels, made, spec, item_type)
        for one in annotations
        if not one.get("was_cancelled") or one.get("unique_id") in labels
    ]
    said = kept.get("predictions") if isinstance(kept.get("predictions"), list) else []
    made["predictions"] = [
        _prediction(one, said[i] if i < len(said) else None, made["payload"], spec)
        for i, one in enumerate(_dicts(task, "predictions"))
    ]
    return made


def _ref(task: Mapping[str, Any]) -> str | None:
    """Return a reference for a task that came without ours: project and number are what name it there."""
    named = [str(task[name]) for name in ("project", "id") if isinstance(task.get(name), int | str)]
    return "-".join(["label-studio", *named]) if isinstance(task.get("id"), int | str) else None


def _dicts(task: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = task.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise NoTask(f"{name} is no list of objects.")
    return found


def _payload(task: Mapping[str, Any], spec: TypeSpec) -> dict[str, Any]:
    payload = task["data"]
    if spec.kind != "detection" or all(name in payload for name in SIZES):
        return payload
    results = [
        one
        for said in ("annotations", "predictions")
        for part in _dicts(task, said)
        for one in _results(part)
    ]
    for one in results:
        if all(is_number(one.get(name)) for name in SIZES.values()):
            return payload | {name: one[theirs] for name, theirs in SIZES.items()}
    return payload | UNKNOWN_SIZE


def _results(part: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = part.get("result") or []
    if not isinstance(found, list) or not all(
        isinstance(one, dict) and isinstance(one.get("value"), dict) for one in found
    ):
        raise NoTask("A result needs a value.")
    return found


def _read(part: Mapping[str, Any], payload: dict[str, Any], spec: TypeSpec) -> Any:
    try:
        return control(spec.kind).read(_results(part), payload, spec)
    except Unreadable as error:
        raise NoTask(str(error)) from error


def _label(
    one: Mapping[str, Any],
    labels: Mapping[Any, dict[str, Any]],
    made: dict[str, Any],
    spec: TypeSpec,
    item_type: str,
) -> dict[str, Any]:
    label = {"label": _read(one, made["payload"], spec)}
    ours = one.get("unique_id")
    if isinstance(ours, str) and ours in labels:
        return labels[ours] | label
    name = f"{item_type}/{made['item_ref']}/{one.get('unique_id') or one.get('id')}"
    spent = one.get("lead_time")
    return label | {
        "id": str(uuid5(NAMESPACE_URL, f"label-studio:{name}")),
        "user": _user(one.get("completed_by")),
        "ts": one.get("created_at"),
        "time_spent_ms": round(spent * 1000) if is_number(spent) else None,
    }


def _user(by: Any) -> str | None:
    """Return a name for who annotated: the address that Label Studio tells, or the number it has given."""
    if isinstance(by, dict):
        by = by.get("email") or by.get("id")
    if isinstance(by, int):
        return f"label-studio-{by}"
    return by if isinstance(by, str) and by else None


def _prediction(
    one: Mapping[str, Any], kept: dict[str, Any] | None, payload: dict[str, Any], spec: TypeSpec
) -> dict[str, Any]:
    """Return what a model said; one that came without a score counts as wholly unsure."""
    score = one.get("score")
    sure = {"confidence": score if is_number(score) else 0.0}
    said = kept if isinstance(kept, dict) else {"label": _read(one, payload, spec)}
    return {"model": str(one.get("model_version") or "label-studio")} | said | sure
