"""What a front end sends about a seat, checked field by field, and what it is shown of one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from labeling.answering import choices
from labeling.answering.review import LONGEST_COMMENT, Answer
from labeling.models import Review
from labeling.pages import adjudicating, dispute
from labeling.pages import guidelines as guidelines_page
from labeling.people import gold
from routing import names
from routing.errors import InvalidInput
from routing.kinds import for_people
from routing.models import SHOWN_AS, Assignment, Priority, Purpose
from routing.values import Findings, called

FIELDS = ("action", "label", "comment", "confidence", "time_spent_ms", "guidelines", "in_order")
LONGEST_SLUG = 50
USUAL_FRONT, LONGEST_FRONT = 20, 100  # seats
MOST_MILLISECONDS = 2**31 - 1
HIGHEST_VERSION = 2**31 - 1
HIGHEST_ID = 2**63 - 1
MOST_SKIPPED = 200  # seats


def clean_answer(raw: Any) -> Answer:
    """Return what a person says; raises InvalidInput with every field that is wrong.

    A label sent with `approve` is taken at its word: it counts as approval where the model said the same,
    and as an edit where it did not.
    """
    findings = Findings()
    raw = _object(raw, FIELDS, findings)
    action = raw.get("action")
    if "action" not in raw:
        findings.add("action", "required", "This field is required.")
    elif action not in Review.Action.values:
        findings.add("action", "invalid", f"Use one of: {', '.join(Review.Action.values)}.")
    elif action == Review.Action.EDIT and "label" not in raw:
        findings.add("label", "required", "An edit needs the label that is right.")
    elif action in (Review.Action.REJECT, Review.Action.ESCALATE) and raw.get("label") is not None:
        findings.add("label", "invalid", f"Somebody who says {action} gives no label; use edit to give one.")
    findings.free_form(raw.get("label"), "label")
    comment = "" if raw.get("comment") is None else raw["comment"]
    findings.text(comment, "comment", limit=LONGEST_COMMENT, blank=True)
    confidence, spent = raw.get("confidence"), raw.get("time_spent_ms")
    if confidence is not None:
        findings.number(confidence, "confidence", low=0, high=1)
    if spent is not None:
        findings.number(spent, "time_spent_ms", low=0, high=MOST_MILLISECONDS, whole=True)
    version = raw.get("guidelines")
    if version is not None:
        findings.number(version, "guidelines", low=1, high=HIGHEST_VERSION, whole=True)
    in_order = raw.get("in_order", False)
    if not isinstance(in_order, bool):
        findings.add("in_order", "invalid", f"Send true or false, not {called(in_order)}.")
    _raise_any(findings)
    if action == Review.Action.APPROVE and raw.get("label") is not None:
        action = Review.Action.EDIT
    return Answer(action, raw.get("label"), comment, confidence, spent, in_order, version)


def clean_claim(raw: Any) -> dict[str, Any]:
    """Return which work a person wants, and the seats `without` which; raises InvalidInput."""
    findings = Findings()
    wish = _object(raw, ("queue", "item_type", "without"), findings)
    without = wish.pop("without", None) or []
    if not isinstance(without, list) or len(without) > MOST_SKIPPED:
        findings.add("without", "invalid", f"Send a list of at most {MOST_SKIPPED} assignments' ids.")
    else:
        for i, one in enumerate(without):
            findings.number(one, f"without.{i}", low=1, high=HIGHEST_ID, whole=True)
    _raise_any(findings)
    return clean_wish(wish) | {"without": [names.seat_of(one) for one in without]}


def clean_wish(raw: Any) -> dict[str, str | None]:
    """Return which work a person wants, by `queue` and `item_type`; raises InvalidInput."""
    findings = Findings()
    wish = _object(raw, ("queue", "item_type"), findings)
    for name, value in wish.items():
        if value is not None:
            findings.text(value, name, limit=LONGEST_SLUG)
    _raise_any(findings)
    return {"queue": wish.get("queue"), "item_type": wish.get("item_type")}


def clean_front(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return which front of the queue a person asks to see, with `limit` seats of it; raises InvalidInput."""
    findings = Findings()
    asked = _object(dict(raw.items()), ("queue", "item_type", "limit"), findings)
    limit = asked.pop("limit", str(USUAL_FRONT))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= LONGEST_FRONT):
        findings.add("limit", "out_of_range", f"Use a whole number from 1 to {LONGEST_FRONT}.")
    _raise_any(findings)
    return clean_wish(asked) | {"limit": int(limit)}


def _object(raw: Any, fields: Collection[str], findings: Findings) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise InvalidInput.single(f"Send an object, not {called(raw)}.")
    findings.fields(raw, fields)
    return {name: value for name, value in raw.items() if name in fields}


def _raise_any(findings: Findings) -> None:
    if findings.errors:
        raise InvalidInput(findings.errors)


def waiting_data(seat: Assignment) -> dict[str, Any]:
    """Return a seat that waits as somebody may see it who has not claimed it: no payload, no answer."""
    return _place(seat) | {"item_type": seat.item.item_type.slug}


def _place(seat: Assignment) -> dict[str, Any]:
    """Return what a seat tells of itself, whoever sees it."""
    return {
        "id": names.of_seat(seat.pk),
        "purpose": shown_purpose(seat),
        "queue": seat.queue.slug,
        "priority": None if seat.blind else Priority(seat.priority).label,
        "blind": seat.blind,
        "created_at": seat.created_at.isoformat(),
        "due_at": seat.due_at.isoformat(),
    }


def shown_purpose(seat: Assignment) -> str:
    """Return what the seat's holder takes the look for."""
    return SHOWN_AS.get(Purpose(seat.purpose), seat.purpose)


def seat_data(seat: Assignment) -> dict[str, Any]:
    """Return a seat as its holder may see it; a blind look has neither suggestion, reasons nor priority.

    Reasons and priority would tell how sure the model was. The item's own status and label stay out as well:
    they would give away what a check expects.
    """
    item, item_type = seat.item, seat.item.item_type
    return _place(seat) | {
        "claimed_at": seat.claimed_at.isoformat(),
        "lease_expires_at": seat.leased_until.isoformat(),
        "guidelines": item_type.guidelines,
        "guidelines_version": item_type.guidelines_version,
        "guidelines_news": _news(seat),
        "order": (choices.shown(seat, by=seat.user_id) or {}).get("order"),
        "suggestion": None if seat.blind else seat.suggestion,
        "reasons": [reason["text"] for reason in gold.reasons(seat)],
        "opinions": adjudicating.opinions(seat),
        "dispute": dispute.data(seat),
        "item": {
            "id": str(names.of_item(seat)),
            "item_type": item_type.slug,
            "item_ref": item.item_ref,
            "kind": item_type.kind,
            "labels": item_type.labels,
            "multilabel": item_type.multilabel,
            "minimum": item_type.minimum,
            "maximum": item_type.maximum,
            "unit": item_type.unit,
            "comment_required": item_type.comment_required,
            "cover": item_type.cover,
            "payload": for_people(item.payload),
            "context": item.context,
        },
    }


def _news(seat: Assignment) -> dict[str, Any] | None:
    """Return what is new in the guidelines since the holder's last answer, in pieces; None where nothing."""
    news = guidelines_page.news(seat.item.item_type, seat.user_id, now=timezone.now())
    return asdict(news) if news else None
