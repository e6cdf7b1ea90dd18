"""What a reviewer's act does, whether it comes from the page or from the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Subquery
from django.utils import timezone

from audit import trail
from labeling import golden
from labeling.answering import choices, remembering, settling, sittings
from labeling.appeals import deciding as disputes
from labeling.models import Label, Review, ReviewSession
from routing import assignments, decisions, novelty, telling
from routing.errors import AlreadyAnswered, InvalidAnswer, SeatLost
from routing.kinds import KINDS, KindErrors
from routing.models import EXPERTS, HIDDEN, Assignment, Item, ItemType, Outcome, Purpose
from routing.truth import compared

FEEDBACK = {True: Label.Feedback.POSITIVE, False: Label.Feedback.CORRECTION, None: None}
WEIGHTS = {Label.Feedback.POSITIVE: 1.0, Label.Feedback.NEGATIVE: 2.0, Label.Feedback.CORRECTION: 3.0}
LONGEST_COMMENT = 5_000  # characters
LEAST_WEIGHT = 0.01  # somebody who says "no confidence at all" has still looked


@dataclass(frozen=True)
class Answer:
    """What a person says at a seat."""

    action: str
    label: Any = None
    comment: str = ""
    confidence: float | None = None
    time_spent_ms: int | None = None
    in_order: bool = False  # the choices were shown in the order that is drawn for this person and seat
    guidelines: int | None = None  # the version that was shown; None: the one in force


@transaction.atomic
def submit(assignment_id: int, answer: Answer, *, by: AbstractBaseUser, sitting: bool = True) -> Item:
    """Store what a person says at the seat they hold, settle the item, and return it.

    It belongs to the person's open sitting, unless `sitting` is off. The same answer sent twice by its author
    is stored once. Raises SeatLost where the lease ran out or was taken, AlreadyAnswered where another answer
    was stored before, InvalidAnswer where it doesn't fit, HadAPart where it would decide on a dispute of what
    they had a part in.
    """
    seat = lock(assignment_id)
    item = seat.item
    if seat.closed_at and seat.user_id == by.pk:
        return _repeated(item, seat, answer)
    said = clean(answer, item, seat)
    disputes.admit(item, seat, by=by)
    now = timezone.now()
    escalated = answer.action == Review.Action.ESCALATE
    assignments.close(seat, Outcome.ESCALATED if escalated else Outcome.ANSWERED, by=by, now=now)
    session = sittings.current(by) if sitting else None
    review = _store(item, seat, answer, said, session=session, by=by, now=now)
    _tell(item, seat, review)
    if session:
        sittings.touch(session)
    settling.settle(item, seat, review, by=by, now=now)
    disputes.close(item, seat, review, now=now)
    remembering.remember(item, seat, review, now=now)
    if seat.purpose not in HIDDEN:
        golden.keep(item, seat, review)
    return item


def lock(assignment_id: int) -> Assignment:
    """Return the seat with its item, whose row was locked before anything else was read; raises SeatLost.

    Two who finish at once must see each other. The lock is a statement of its own: with all that the item
    hangs on joined to it, PostgreSQL took twenty times as long to plan it as to carry it out.
    """
    seats = Assignment.objects.filter(pk=assignment_id)
    rows = Item.objects.filter(pk=Subquery(seats.values("item"))).order_by()
    if not rows.select_for_update().values_list("pk").first():
        raise SeatLost
    seat = assignments.with_item().annotate(taught=golden.TAUGHT).get(pk=assignment_id)
    if seat.item.erased_at:
        raise SeatLost
    seat.item.taught = seat.taught
    return seat


def clean(answer: Answer, item: Item, seat: Assignment) -> Said:
    """Return what the answer amounts to; raises InvalidAnswer with the field that is wrong."""
    item_type = item.item_type
    if answer.action not in Review.Action.values:
        raise InvalidAnswer(f"Use one of: {', '.join(Review.Action.values)}.", attr="action")
    if seat.purpose == Purpose.APPEAL and not answer.comment.strip():
        raise InvalidAnswer("Say why: whoever disputes the decision is told your comment.", attr="comment")
    refused = KINDS[item_type.kind].refusal(answer.action, answer.comment, item.payload)
    if refused:
        raise InvalidAnswer(refused[1], attr=refused[0])
    if answer.action in (Review.Action.REJECT, Review.Action.ESCALATE):
        if item_type.comment_required and not answer.comment.strip():
            raise InvalidAnswer("Say why: this item type asks for a comment.", attr="comment")
        if answer.action == Review.Action.ESCALATE and seat.purpose in EXPERTS:
            raise InvalidAnswer("You are the expert here; approve, edit or reject.", attr="action")
        return Said(answer.action, None, None)
    if answer.action == Review.Action.APPROVE:
        if seat.suggestion is None:
            raise InvalidAnswer("No model has answered; send your label with edit.", attr="action")
        if seat.blind:
            raise InvalidAnswer("This look is blind; send your label with edit.", attr="action")
        label = seat.suggestion["label"]
    else:
        label = answer.label
    kind = KINDS[item_type.kind]
    try:
        label = kind.clean_label(label, item.payload, item_type.spec)
    except KindErrors as errors:
        raise InvalidAnswer(errors.errors[0].detail, attr="label") from errors
    if seat.suggestion is None:
        return Said(Review.Action.EDIT, label, None)
    said = seat.suggestion["label"]
    agrees, quality = compared(said, label, item.payload, item_type.spec)
    # Choosing by hand what the model had said is approving it, however it was keyed in.
    return Said(Review.Action.APPROVE if agrees else Review.Action.EDIT, label, agrees, quality)


@dataclass(frozen=True)
class Said:
    """An answer after cleaning: act, label, whether the model had said so, and how near it was (0 to 1)."""

    action: str
    label: Any
    agrees_with_ai: bool | None
    quality: float | None = None


def _repeated(item: Item, seat: Assignment, answer: Answer) -> Item:
    review = Review.objects.filter(assignment=seat).first()
    if review is None:
        raise SeatLost
    said = clean(answer, item, seat)
    if (said.action, said.label) != (review.action, review.label):
        raise AlreadyAnswered
    return item


def _store(
    item: Item,
    seat: Assignment,
    answer: Answer,
    said: Said,
    *,
    session: ReviewSession | None,
    by: AbstractBaseUser,
    now: datetime,
) -> Review:
    """Insert the review, and its label where it has one."""
    review = Review.objects.create(
        assignment=seat,
        item=item,
        user=by,
        session=session,
        action=said.action,
        label=said.label,
        confidence=answer.confidence,
        comment=answer.comment.strip(),
        time_spent_ms=answer.time_spent_ms,
        blind=seat.blind,
        agrees_with_ai=said.agrees_with_ai,
        quality=said.quality,
        guidelines=guidelines_shown(answer, item.item_type),
        shown=choices.shown(seat, by=by.pk) if answer.in_order else None,
        created_at=now,
    )
    if said.action in (Review.Action.APPROVE, Review.Action.EDIT):
        store_label(item, seat, review, now=now)
    return review


def guidelines_shown(answer: Answer, item_type: ItemType) -> int:
    """Return the version of the guidelines that the person had before them."""
    return min(answer.guidelines or item_type.guidelines_version, item_type.guidelines_version)


def _tell(item: Item, seat: Assignment, review: Review) -> None:
    told = {
        "policy": decisions.number(item),
        "assignment": seat.pk,
        "purpose": seat.purpose,
        "action": review.action,
        "label": review.label,
        "agrees_with_ai": review.agrees_with_ai,
        "blind": review.blind,
        "comment": review.comment,
        "confidence": review.confidence,
        "time_spent_ms": review.time_spent_ms,
        "claimed_at": seat.claimed_at,
        "guidelines": review.guidelines,
        "model": (seat.suggestion or {}).get("model"),
    }
    trail.record_all([telling.entry("review.submitted", item, told)], by=review.user)


def store_label(item: Item, seat: Assignment, review: Review, *, now: datetime) -> None:
    """Insert the label that a review gives, as the one in force."""
    feedback = FEEDBACK[review.agrees_with_ai]
    certainty = 1.0 if review.confidence is None else review.confidence
    if seat.purpose in (Purpose.LEARN, Purpose.AUDIT):
        novelty.note([(item.item_type, review.label)])  # of other answers what they decide is noted
    Label.objects.create(
        item_type=item.item_type,
        item_ref=item.item_ref,
        label=review.label,
        user=review.user,
        ts=now,
        prev_confidence=item.confidence,
        session=review.session,
        item=item,
        review=review,
        action=review.action,
        feedback_type=feedback,
        weight=max(WEIGHTS.get(feedback, 1.0) * certainty, LEAST_WEIGHT),
        source=seat.purpose,
        blind=seat.blind,
        reserved=item.held_out,
        inclusion=_inclusion(item, seat),
        time_spent_ms=review.time_spent_ms,
        guidelines=review.guidelines,
    )


def _inclusion(item: Item, seat: Assignment) -> float:
    """Return the probability with which the item was to get a label, whoever else looks at it afterwards."""
    if seat.purpose in (Purpose.AUDIT, Purpose.LEARN):
        return seat.inclusion
    drawn = item.label_probability is not None and item.audit_draw < item.label_probability
    return item.label_probability if drawn else 1.0
