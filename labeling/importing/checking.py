"""A record from a file checked: an item with its past, labels and reviews, or everything wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils import timezone

from labeling.exporting.records import LABEL
from labeling.importing import said
from labeling.importing.fields import clean_label, moment
from routing import intake
from routing.errors import InvalidInput
from routing.models import DECIDED, ItemType, Status
from routing.restoring import Past
from routing.router import Entry
from routing.values import Findings, called

ENTRY = ("item_ref", "payload", "context", "predictions", "callback_url", "purpose")
FIELDS = ("record", "item_type", *ENTRY, "status", "split", "created_at", "decision", "labels", "reviews")
SPLITS = {"train": False, "held_out": True}
STATUSES = ("open", *Status.values)
ROUTE = ("action", "policy", "reasons", "consensus")


@dataclass(frozen=True)
class Arrival:
    """One record after the check; `entry` is None where it is a label whose item is not known."""

    line: int
    raw: Any
    item_ref: str
    entry: Entry | None
    past: Past
    labels: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)


def check(line: int, raw: Any, item_type: ItemType) -> Arrival:
    """Return what a record says; raises InvalidInput with all that is wrong.

    Where nothing is said of its status, an item that comes with labels is settled by the latest of them.
    """
    findings = Findings()
    if not isinstance(raw, Mapping):
        raise InvalidInput.single(f"Send an object, not {called(raw)}.")
    findings.fields(raw, FIELDS)
    if raw.get("item_type", item_type.slug) != item_type.slug:
        findings.add("item_type", "invalid", f"This is of another item type than {item_type.slug}.")
    alone = raw.get("record") == LABEL
    entry = None if alone else _entry(raw, item_type, findings)
    if alone:
        findings.text(raw.get("item_ref"), "item_ref", limit=intake.LONGEST_REF)
    payload = entry.payload if entry else None
    labels = said.labels(raw.get("labels"), payload, item_type, findings)
    reviews = said.reviews(raw.get("reviews"), payload, item_type, findings)
    past = _past(raw, labels, payload, item_type, findings)
    if findings.errors:
        raise InvalidInput(findings.errors)
    for label in labels:
        label.setdefault("id", _label_id(item_type, raw["item_ref"], label))
    return Arrival(line, raw, raw["item_ref"], entry, past, labels, reviews)


def _entry(raw: Mapping[str, Any], item_type: ItemType, findings: Findings) -> Entry | None:
    """Return what the router takes; an item pooled elsewhere is pooled here."""
    sent = {name: raw[name] for name in ENTRY if raw.get(name) is not None}
    if raw.get("status") == Status.POOLED:
        sent["purpose"] = "pool"
    try:
        return intake.clean_entry(sent, item_type)
    except InvalidInput as error:
        for one in error.problems:
            findings.add(one.attr or "", one.code, one.detail)
        return None


def _past(
    raw: Mapping[str, Any],
    labels: list[dict[str, Any]],
    payload: dict[str, Any] | None,
    item_type: ItemType,
    findings: Findings,
) -> Past:
    split, status = raw.get("split"), raw.get("status")
    if split is not None and split not in tuple(SPLITS):
        findings.add("split", "invalid", f"Use one of: {', '.join(SPLITS)}.")
    if status is not None and status not in STATUSES:
        findings.add("status", "invalid", f"Use one of: {', '.join(STATUSES)}.")
    created = moment(raw.get("created_at"), "created_at", findings)
    common = {"created_at": created, "held_out": SPLITS.get(split) if isinstance(split, str) else None}
    if findings.errors:
        return Past()
    if status in DECIDED:
        return Past(
            status=status, **_decision(raw.get("decision"), status, payload, item_type, findings), **common
        )
    given = [one for one in labels if one["superseded"] is None]
    if status is None and given and raw.get("purpose") != "pool":
        return Past(status=Status.APPROVED, **_settled(given), **common)
    return Past(**common)


def _settled(labels: list[dict[str, Any]]) -> dict[str, Any]:
    now = timezone.now()
    latest = max(labels, key=lambda one: one["at"] or now)
    by = f"user:{latest['user']}" if latest["user"] else "system:import"
    why = dict.fromkeys(ROUTE) | {"reasons": ["it came with its label"]}
    return {"label": latest["label"], "decided_at": latest["at"] or now, "decided_by": by, "origin": why}


def _decision(
    raw: Any, status: str, payload: dict[str, Any] | None, item_type: ItemType, findings: Findings
) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        findings.add("decision", "required", "A decided item needs its decision.")
        return {}
    label = raw.get("label") if status == Status.APPROVED else None
    if label is not None:
        label = clean_label(label, "decision.label", payload, item_type, findings)
    by = raw.get("decided_by")
    findings.text(by, "decision.decided_by", limit=200)
    at = moment(raw.get("decided_at"), "decision.decided_at", findings, required=True)
    route = {name: raw.get(name) for name in ROUTE}
    findings.free_form(route, "decision")
    return {"label": label, "decided_at": at, "decided_by": by, "origin": route}


def _label_id(item_type: ItemType, item_ref: str, label: Mapping[str, Any]) -> UUID:
    """Return an id by which the same label is known again, for one that came without."""
    said_so = json.dumps([label["label"], label["user"], str(label["at"] or "")], sort_keys=True)
    return uuid5(NAMESPACE_URL, f"label:{item_type.slug}/{item_ref}/{said_so}")
