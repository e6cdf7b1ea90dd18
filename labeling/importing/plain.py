"""A row of a plain file made a record: flat columns of a CSV, or the objects that the API takes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

JSON_COLUMN = ":json"

# What a column may be called beyond the payload's own fields.
ITEM_COLUMNS = ("item_ref", "item_type", "purpose", "callback_url")
LABEL_COLUMNS = ("label", "user", "ts")
PREFIXES = ("context", "payload")
PREDICTION_COLUMNS = ("model", "label", "confidence", "probabilities")
UNNAMED = "imported"  # the model of an answer beside which none is named


def is_ours(value: Any) -> bool:
    """Return whether an element of a list is a row or an object of ours, not a task of Label Studio."""
    return isinstance(value, dict) and not isinstance(value.get("data"), dict)


def record(row: Mapping[str, Any], names: Mapping[str, str], labels: Sequence[str]) -> dict[str, Any]:
    """Return the record of a plain row: its fields under our names, with a reference.

    Where an item type has labels, a number that stands for one is taken as it is written.
    """
    named = renamed(row, names)
    made = unflatten(named)
    if labels:
        for one in (*made.get("labels", ()), *made.get("predictions", ())):
            if type(one.get("label")) is int:
                one["label"] = str(one["label"])
    return referred(made, named)


def unflatten(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record that a row of a table means.

    `context.NAME` and `payload.NAME` go there, `prediction.model` and the like make a prediction, `label`
    (with `user` and `ts`) a label; every other column is a field of the payload. Empty cells of all but the
    payload count as left out; a confidence is read as a number, also one with a comma or a percent sign.
    """
    record: dict[str, Any] = {"payload": {}, "context": {}}
    prediction: dict[str, Any] = {}
    label: dict[str, Any] = {}
    for name, value in row.items():
        head, _, rest = name.partition(".")
        if value == "" and head != "payload" and name in (*ITEM_COLUMNS, *LABEL_COLUMNS):
            continue
        if rest and head in PREFIXES:
            record[head][rest] = value
        elif rest in PREDICTION_COLUMNS and head == "prediction":
            if value != "":
                prediction[rest] = number(value) if rest == "confidence" else value
        elif name in ITEM_COLUMNS:
            record[name] = value
        elif name in LABEL_COLUMNS:
            label[name] = value
        elif value != "":
            record["payload"][name] = value
    if prediction:
        record["predictions"] = [{"model": UNNAMED} | prediction]
    if "label" in label:
        record["labels"] = [label]
    return record


def number(value: Any) -> Any:
    """Return the number that a cell says; what is none is left for the check to refuse."""
    if not isinstance(value, str):
        return value
    text = value.strip().replace(",", ".")
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return value


def renamed(fields: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields under the names that the kind knows; `names` maps theirs to ours.

    What is mapped to an empty name is left out. Where ours ends in `:json` a text is read as JSON, an empty
    one left out, and one that is no JSON kept for the check to refuse.
    """
    found = {}
    for name, value in fields.items():
        ours = names.get(name, name)
        if ours.endswith(JSON_COLUMN) and name in names:
            ours = ours.removesuffix(JSON_COLUMN)
            if value == "":
                continue
            value = _parsed(value)
        if ours:
            found[ours] = value
    return found


def referred(record: dict[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record with a reference, made of what the row says where its table has no column of them.

    The first 16 bytes of the SHA-256 of its JSON: the same row has the same one in whatever file it comes.
    """
    if "item_ref" in row:
        return record
    told = json.dumps(row, sort_keys=True, ensure_ascii=False, default=str)
    digest = sha256(told.encode(errors="surrogatepass")).hexdigest()[:32]
    return {"item_ref": f"row-{digest}"} | record


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value
