"""What people said of an item in a file, checked: labels, reviews, and the sittings that they belong to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from labeling.answering.review import LONGEST_COMMENT
from labeling.exporting.reading import SOURCES
from labeling.importing.fields import clean_label, moment
from labeling.models import Review
from routing.models import HIDDEN, ItemType, Purpose
from routing.values import Findings, called

MOST = 1_000  # labels or reviews of one item
LONGEST_NAME = 150
MOST_MILLISECONDS = 2**31 - 1
HIGHEST_VERSION = 2**31 - 1
PURPOSES = [value for value in Purpose.values if value not in HIDDEN]
LABEL_FIELDS = (
    "id", "label", "user", "ts", "prev_confidence", "session", "action", "feedback_type", "weight",
    "source", "blind", "inclusion", "time_spent_ms", "guidelines", "superseded_at",
)  # fmt: skip
REVIEW_FIELDS = (
    "label_id", "purpose", "user", "action", "label", "confidence", "comment", "time_spent_ms", "blind",
    "agrees_with_ai", "quality", "shown", "inclusion", "claimed_at", "created_at", "corrected_at",
    "guidelines", "session",
)  # fmt: skip


def labels(
    raw: Any, payload: dict[str, Any] | None, item_type: ItemType, findings: Findings
) -> list[dict[str, Any]]:
    """Return the labels, each with `at` besides, the time as a time; an id becomes a UUID."""
    found = []
    for i, one in enumerate(_objects(raw, "labels", LABEL_FIELDS, findings)):
        attr = f"labels.{i}"
        if "label" not in one:
            findings.add(f"{attr}.label", "required", "This field is required.")
        clean = {name: value for name, value in one.items() if value is not None}
        clean["label"] = clean_label(one.get("label"), f"{attr}.label", payload, item_type, findings)
        clean["at"] = moment(one.get("ts"), f"{attr}.ts", findings)
        clean["superseded"] = moment(one.get("superseded_at"), f"{attr}.superseded_at", findings)
        if "id" in clean and (known := _uuid(clean["id"], f"{attr}.id", findings)):
            clean["id"] = known
        _choice(one, "source", SOURCES, attr, findings)
        found.append(clean | _common(one, attr, findings))
    return found


def reviews(
    raw: Any, payload: dict[str, Any] | None, item_type: ItemType, findings: Findings
) -> list[dict[str, Any]]:
    """Return the reviews, their times as times."""
    found = []
    for i, one in enumerate(_objects(raw, "reviews", REVIEW_FIELDS, findings)):
        attr = f"reviews.{i}"
        action = one.get("action")
        for name, choices in (("action", Review.Action.values), ("purpose", PURPOSES)):
            _choice(one, name, choices, attr, findings, required=True)
        kept = action in (Review.Action.APPROVE, Review.Action.EDIT)
        label = one.get("label")
        if kept:
            label = clean_label(label, f"{attr}.label", payload, item_type, findings)
        findings.text(one.get("comment") or "", f"{attr}.comment", limit=LONGEST_COMMENT, blank=True)
        for name in ("confidence", "quality"):
            if one.get(name) is not None:
                findings.number(one[name], f"{attr}.{name}", low=0, high=1)
        if one.get("agrees_with_ai") not in (None, True, False):
            findings.add(f"{attr}.agrees_with_ai", "invalid", "Send true, false or null.")
        findings.free_form(one.get("shown"), f"{attr}.shown")
        if not one.get("user"):
            findings.add(f"{attr}.user", "required", "A review needs who gave it.")
        if one.get("label_id") is not None:
            _uuid(one["label_id"], f"{attr}.label_id", findings)
        at = moment(one.get("created_at"), f"{attr}.created_at", findings, required=True)
        claimed = moment(one.get("claimed_at"), f"{attr}.claimed_at", findings) or at
        corrected = moment(one.get("corrected_at"), f"{attr}.corrected_at", findings)
        clean = {"label": label if kept else None, "at": at, "claimed": claimed, "corrected": corrected}
        found.append(dict(one) | clean | _common(one, attr, findings))
    return found


def _common(one: dict[str, Any], attr: str, findings: Findings) -> dict[str, Any]:
    """Return what labels and reviews share, filled in where it is left out."""
    user, spent, blind = one.get("user"), one.get("time_spent_ms"), one.get("blind")
    version = one.get("guidelines")
    inclusion = 1.0 if one.get("inclusion") is None else one["inclusion"]
    if user is not None:
        findings.text(user, f"{attr}.user", limit=LONGEST_NAME)
    if spent is not None:
        findings.number(spent, f"{attr}.time_spent_ms", low=0, high=MOST_MILLISECONDS, whole=True)
    if blind not in (None, True, False):
        findings.add(f"{attr}.blind", "invalid", "Send true or false.")
    if findings.number(inclusion, f"{attr}.inclusion", low=0, high=1) and inclusion == 0:
        findings.add(f"{attr}.inclusion", "out_of_range", "Nothing is drawn with a probability of 0.")
    if version is not None:
        findings.number(version, f"{attr}.guidelines", low=1, high=HIGHEST_VERSION, whole=True)
    return {
        "user": user,
        "time_spent_ms": spent,
        "guidelines": version,
        "blind": bool(blind),
        "inclusion": inclusion,
        "session": _session(one.get("session"), f"{attr}.session", findings),
    }


def _session(raw: Any, attr: str, findings: Findings) -> dict[str, Any] | None:
    if raw is None:
        return None
    if not isinstance(raw, dict):
        findings.add(attr, "invalid", f"Send an object, not {called(raw)}.")
        return None
    times = {
        name: moment(raw.get(name), f"{attr}.{name}", findings, required=True)
        for name in ("started_at", "last_active_at")
    }
    return {"id": _uuid(raw.get("id"), f"{attr}.id", findings)} | times


def _objects(raw: Any, attr: str, fields: tuple[str, ...], findings: Findings) -> list[dict[str, Any]]:
    if raw is None:
        return []
    if not isinstance(raw, list) or len(raw) > MOST or not all(isinstance(one, dict) for one in raw):
        findings.add(attr, "invalid", f"Send a list of at most {MOST:,} objects.")
        return []
    for i, one in enumerate(raw):
        findings.fields(one, fields, f"{attr}.{i}")
    return raw


def _choice(
    one: dict[str, Any],
    name: str,
    choices: list[str],
    attr: str,
    findings: Findings,
    *,
    required: bool = False,
) -> None:
    value = one.get(name)
    if (value is None and required) or (value is not None and value not in choices):
        findings.add(f"{attr}.{name}", "invalid", f"Use one of: {', '.join(choices)}.")


def _uuid(raw: Any, attr: str, findings: Findings) -> UUID | None:
    try:
        return UUID(raw)
    except (ValueError, AttributeError, TypeError):
        findings.add(attr, "invalid", "Send a UUID.")
        return None
