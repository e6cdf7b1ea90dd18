"""Rows of the database as the parts of a record, their times in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from labeling.exporting.records import ITEM, LABEL, Record
from labeling.models import Label, Review
from routing.models import DECIDED, Item, Prediction, Status
from routing.privacy import fields


def item(row: Item, item_type: str, *, hidden: Sequence[str] = ()) -> Record:
    """Return an item without what was said of it, and without the fields that the reader may not see."""
    decided = row.status in DECIDED
    payload, context = fields.masked(hidden, row.payload, row.context)
    # Where an open item stands in the queues is this server's own affair.
    status = row.status if decided or row.status == Status.POOLED else "open"
    return {
        "record": ITEM,
        "item_type": item_type,
        "item_ref": row.item_ref,
        "payload": payload,
        "context": context,
        "status": status,
        "split": _split(held_out=row.held_out),
        "created_at": _time(row.created_at),
        "decision": _decision(row) if decided else None,
    }


def _decision(item: Item) -> Record:
    """Return how the item was decided; one that was decided elsewhere keeps how that was."""
    route = item.signals.get("origin") or {
        "action": item.action,
        "policy": item.policy_number,
        "reasons": [reason["text"] for reason in item.reasons],
        "consensus": item.signals.get("consensus"),
    }
    by = {"label": item.label, "decided_at": _time(item.decided_at), "decided_by": item.decided_by}
    return by | route


def prediction(one: Prediction) -> Record:
    """Return what a model said."""
    return {
        "model": one.model,
        "label": one.label,
        "confidence": one.confidence,
        "probabilities": one.probabilities,
    }


def label(one: Label) -> Record:
    """Return a label, which carries its author's `name`."""
    return {
        "id": str(one.pk),
        "label": one.label,
        "user": one.name,
        "user_id": one.user_id,
        "ts": _time(one.ts),
        "prev_confidence": one.prev_confidence,
        "session": _session(one.session),
        "action": one.action,
        "feedback_type": one.feedback_type,
        "weight": one.weight,
        "source": one.source,
        "blind": one.blind,
        "inclusion": one.inclusion,
        "time_spent_ms": one.time_spent_ms,
        "guidelines": one.guidelines,
        "superseded_at": _time(one.superseded_at),
    }


def review(one: Review, given: Label | None) -> Record:
    """Return a review, which carries its author's `name`, and the id of the label that it gave."""
    return {
        "label_id": str(given.pk) if given else None,
        "purpose": one.assignment.purpose,
        "user": one.name,
        "action": one.action,
        "label": one.label,
        "confidence": one.confidence,
        "comment": one.comment,
        "time_spent_ms": one.time_spent_ms,
        "blind": one.blind,
        "agrees_with_ai": one.agrees_with_ai,
        "quality": one.quality,
        "shown": one.shown,
        "inclusion": one.assignment.inclusion,
        "claimed_at": _time(one.assignment.claimed_at),
        "created_at": _time(one.created_at),
        "corrected_at": _time(one.corrected_at),
        "guidelines": one.guidelines,
        "session": _session(one.session),
    }


def _session(one: Any) -> Record | None:
    if one is None:
        return None
    times = {"started_at": _time(one.started_at), "last_active_at": _time(one.last_active_at)}
    return {"id": str(one.pk)} | times


def orphan(one: Label, item_type: str) -> Record:
    """Return a label whose item is not known."""
    return {
        "record": LABEL,
        "item_type": item_type,
        "item_ref": one.item_ref,
        "split": _split(held_out=one.reserved),
        "labels": [label(one)],
    }


def _split(*, held_out: bool) -> str:
    return "held_out" if held_out else "train"


def _time(moment: datetime | None) -> str | None:
    return moment and moment.astimezone(UTC).isoformat()
