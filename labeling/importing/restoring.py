"""Reviews that were given elsewhere, written as the closed seats that they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from audit import bulk, trail
from audit.trail import Actor
from labeling.models import Label, Review
from routing import telling
from routing.models import Assignment, Item, Outcome, Purpose

Given = tuple[Item, list[dict[str, Any]]]


def reviews(
    said: Sequence[Given],
    users: Mapping[str, int],
    sessions: set[tuple[Any, int]],
    labels: Mapping[UUID, Label],
    *,
    by: Actor,
) -> list[Review]:
    """Store reviews of items, each at a closed seat of its own, and return them.

    Who has had a seat at an item has been heard: their review is left out, so that the same file can be read
    again. `labels` are those just stored; a review is bound to its own.
    """
    if not said:
        return []
    taken = set(Assignment.objects.filter(item__in=[item.pk for item, _ in said]).values_list("item", "user"))
    pairs: list[tuple[Assignment, dict[str, Any]]] = []
    for item, rows in said:
        for one in rows:
            place = item.pk, users[one["user"]]
            if place not in taken:
                taken.add(place)
                pairs.append((_seat(item, one, place[1]), one))
    Assignment.objects.bulk_create([seat for seat, _ in pairs])
    stored = [_review(seat, one, sessions) for seat, one in pairs]
    Review.objects.bulk_create(stored)
    _bind(zip(stored, (one for _, one in pairs), strict=True), labels)
    told = [_event(review, seat.item, one) for review, (seat, one) in zip(stored, pairs, strict=True)]
    trail.record_all(told, by=by)
    return stored


def _seat(item: Item, one: dict[str, Any], user: int) -> Assignment:
    item_type, escalated = item.item_type, one["action"] == Review.Action.ESCALATE
    expert = one["purpose"] == Purpose.EXPERT
    return Assignment(
        item=item,
        item_type=item_type,
        queue_id=item_type.expert_queue_id if expert else item_type.queue_id,
        purpose=one["purpose"],
        priority=item.priority,
        blind=one["blind"],
        inclusion=one["inclusion"],
        due_at=one["at"],
        created_at=one["claimed"],
        user_id=user,
        claimed_at=one["claimed"],
        leased_until=one["at"],
        closed_at=one["at"],
        outcome=Outcome.ESCALATED if escalated else Outcome.ANSWERED,
    )


def _review(seat: Assignment, one: dict[str, Any], sessions: set[tuple[Any, int]]) -> Review:
    sitting = one["session"]["id"] if one["session"] else None
    return Review(
        assignment=seat,
        item_id=seat.item_id,
        user_id=seat.user_id,
        session_id=sitting if (sitting, seat.user_id) in sessions else None,
        action=one["action"],
        label=one["label"],
        confidence=one.get("confidence"),
        comment=one.get("comment") or "",
        time_spent_ms=one["time_spent_ms"],
        blind=one["blind"],
        agrees_with_ai=one.get("agrees_with_ai"),
        quality=one.get("quality"),
        shown=one.get("shown"),
        guidelines=one["guidelines"],
        created_at=one["at"],
        corrected_at=one["corrected"],
    )


def _bind(pairs: Any, labels: Mapping[UUID, Label]) -> None:
    bound = []
    for review, one in pairs:
        label = labels.get(UUID(one["label_id"])) if one.get("label_id") else None
        if label and label.user_id == review.user_id and label.review_id is None:
            label.review = review
            bound.append(label)
    bulk.update(bound, ["review"])


def _event(review: Review, item: Item, one: dict[str, Any]) -> trail.Entry:
    data = {
        "purpose": one["purpose"],
        "action": review.action,
        "label": review.label,
        "at": review.created_at,
    }
    return telling.entry("review.restored", item, data | {"user": one["user"]})
