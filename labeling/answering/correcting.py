"""The last answer, said anew by its author within a minute; until it is, the old one stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from audit import trail
from labeling import golden
from labeling.answering import following, remembering
from labeling.answering.review import Answer, Said, clean, guidelines_shown, lock, store_label
from labeling.appeals import deciding as disputes
from labeling.models import Label, Review
from routing import assignments, decisions, telling
from routing.errors import TooLate
from routing.models import HIDDEN, Assignment, Item, ItemType, Outcome, Queue
from routing.recalling import TO_FINISH, UNDO


def reopen(*, by: AbstractBaseUser) -> Review:
    """Return the person's last answer, which they may now say anew for ten minutes; raises TooLate.

    Nothing is changed by it: who leaves has said what they said.
    """
    now, review = timezone.now(), _last(by)
    if review is None or not _may_correct(review, now):
        raise TooLate
    if review.correcting_until is None:
        review.correcting_until = now + TO_FINISH
        Review.objects.filter(pk=review.pk).update(correcting_until=review.correcting_until)
    return review


def seat_of(review: Review) -> Assignment:
    """Return the seat of a review as its page shows it."""
    return assignments.with_item().get(pk=review.assignment_id)


def _last(by: AbstractBaseUser) -> Review | None:
    return Review.objects.filter(user=by).order_by("-created_at").first()


def _may_correct(review: Review, now: datetime) -> bool:
    """Whether there is still time, and its author still serves the queue: who has left is not heard."""
    in_time = (review.correcting_until or review.said_at + UNDO) > now
    return (
        in_time
        and Queue.objects.filter(assignments=review.assignment_id, group__user=review.user_id).exists()
    )


@transaction.atomic
def correct(assignment_id: int, answer: Answer, *, by: AbstractBaseUser) -> Item:
    """Replace what a person said at a seat by another answer, let the item follow, and return it.

    The review is changed in place, its label is superseded by a new row. The same answer sent again changes
    nothing. Raises SeatLost where there is no such seat, TooLate where the person has given no answer there
    or may correct it no more, ExpertHasBegun where an expert is at it because of the old answer,
    InvalidAnswer where the new one doesn't fit.
    """
    seat = lock(assignment_id)
    item = seat.item
    review = Review.objects.select_related("user").filter(assignment=seat, user=by).first()
    now = timezone.now()
    if review is None:
        raise TooLate
    review.assignment = seat
    said = clean(answer, item, seat)
    before, after = _content(review), _wanted(answer, said)
    if before == after:
        return item
    if not _may_correct(review, now) or (review.correcting_until is None and _last(by) != review):
        raise TooLate
    at, moved = review.said_at, any(before[name] != after[name] for name in ("action", "label"))
    if moved:
        following.call_back(item, seat, at, by=by, now=now)
    _store(review, answer, said, item.item_type)
    if moved:
        _begin_anew(seat, review, now=now)
    review.save()
    if moved or before["confidence"] != review.confidence:
        _replace_label(item, seat, review, now=now)
    _tell(item, seat, review, before)
    if moved:
        following.follow(item, seat, review, at, by=by, now=now)
        remembering.remember(item, seat, review, now=now)
        if seat.purpose not in HIDDEN:
            golden.replace(item, seat, review)
    disputes.close(item, seat, review, now=now)
    return item


def _content(review: Review) -> dict[str, Any]:
    return {name: getattr(review, name) for name in ("action", "label", "confidence", "comment")}


def _wanted(answer: Answer, said: Said) -> dict[str, Any]:
    return {
        "action": said.action,
        "label": said.label,
        "confidence": answer.confidence,
        "comment": answer.comment.strip(),
    }


def _store(review: Review, answer: Answer, said: Said, item_type: ItemType) -> None:
    """Write the new answer into the review."""
    for name, value in _wanted(answer, said).items():
        setattr(review, name, value)
    review.agrees_with_ai, review.quality = said.agrees_with_ai, said.quality
    review.guidelines = guidelines_shown(answer, item_type)
    spent = [one for one in (review.time_spent_ms, answer.time_spent_ms) if one is not None]
    review.time_spent_ms = sum(spent) if spent else None
    review.correcting_until = None


def _begin_anew(seat: Assignment, review: Review, *, now: datetime) -> None:
    """Forget what came of the old answer, and when it was given; another remark changes neither."""
    review.right = review.upholds = None
    review.corrected_at = now
    escalated = review.action == Review.Action.ESCALATE
    seat.outcome, seat.caught = Outcome.ESCALATED if escalated else Outcome.ANSWERED, None
    seat.save(update_fields=["outcome", "caught"])


def _replace_label(item: Item, seat: Assignment, review: Review, *, now: datetime) -> None:
    """Supersede the review's label by what it says now, where that is one."""
    Label.objects.filter(review=review, superseded_at__isnull=True).update(superseded_at=now)
    if review.action in following.GIVEN:
        store_label(item, seat, review, now=now)


def _tell(item: Item, seat: Assignment, review: Review, before: dict[str, Any]) -> None:
    told = {
        "policy": decisions.number(item),
        "assignment": seat.pk,
        "purpose": seat.purpose,
        "before": before,
        "after": _content(review),
        "agrees_with_ai": review.agrees_with_ai,
        "guidelines": review.guidelines,
        "time_spent_ms": review.time_spent_ms,
    }
    trail.record_all([telling.entry("review.corrected", item, told)], by=review.user)
