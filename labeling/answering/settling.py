"""What a review means for its item: agreed, handed to an expert, overturned, or nothing at all."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser

from audit import trail
from labeling.answering import concluding
from labeling.models import Appeal, Review
from labeling.people import gold
from labeling.quality import seconds
from routing import assignments, decisions
from routing.kinds import KINDS
from routing.models import DECIDED, EXPERTS, Assignment, Item, ItemType, Purpose, Status
from routing.truth import was_right

CHECKS = (Purpose.AUDIT, Purpose.LEARN, Purpose.VALIDATE)


def settle(item: Item, seat: Assignment, review: Review, *, by: AbstractBaseUser, now: datetime) -> None:
    """Draw the consequence of a review for its item, whose row is locked."""
    if seat.purpose == Purpose.SEED:
        _mark(item, seat, review)
    elif seat.purpose == Purpose.GOLD:
        gold.mark(item, seat, review)
    elif seat.purpose == Purpose.SECOND:
        seconds.settle(item, seat, review, by=by, now=now)
    elif item.status == Status.POOLED:
        return  # a pool item only yields a label
    elif item.status in DECIDED:
        _compare(item, seat, review, by=by, now=now)
    elif review.action == Review.Action.ESCALATE:
        decisions.escalate(item, why=gold.why(review), now=now, by=by)
    elif review.action == Review.Action.REJECT:
        _refuse(item, seat, review, by=by, now=now)
    elif seat.purpose == Purpose.EXPERT:
        decisions.resolve(item, Status.APPROVED, review.label, why="an expert decided", now=now, by=by)
    else:
        concluding.conclude(item, by=by, now=now)


def _refuse(item: Item, seat: Assignment, review: Review, *, by: AbstractBaseUser, now: datetime) -> None:
    expert = seat.purpose == Purpose.EXPERT
    if expert or item.item_type.reject_means == ItemType.Reject.WITHHOLD:
        decisions.resolve(item, Status.REJECTED, None, why=f"{by} rejected it", now=now, by=by)
        if not expert:
            concluding.validate(item, now=now)
    else:
        decisions.escalate(item, why=gold.why(review), now=now, by=by)


def _mark(item: Item, seat: Assignment, review: Review) -> None:
    """Keep whether the answer at a seeded error has found it out; the item stays as it is.

    Who rejects or escalates has neither found nor overlooked it: a true check would now go to an expert, who
    answers for it. Where the item was decided anew meanwhile, so that the model may be right, nothing is
    kept either.
    """
    said, spec = seat.suggestion["label"], item.item_type.spec
    known = item.status == Status.APPROVED
    wrong = known and not was_right(said, item.label, item.payload, spec, approved=True)
    if wrong and review.agrees_with_ai is not None:
        seat.caught = not review.agrees_with_ai
        Assignment.objects.filter(pk=seat.pk).update(caught=seat.caught)
    trail.record("seed.answered", seat, by=review.user, item=str(item.pk), caught=seat.caught)


def upholds(item: Item, review: Review) -> bool | None:
    """Return whether a review says the same as the item's decision; None where it leaves it to an expert."""
    if review.action == Review.Action.ESCALATE:
        return None
    if review.action == Review.Action.REJECT:
        return item.status == Status.REJECTED
    kind, spec = KINDS[item.item_type.kind], item.item_type.spec
    return item.status == Status.APPROVED and kind.agree(review.label, item.label, spec)


def _has_stood_a_dispute(item: Item) -> bool:
    """Whether an expert has decided so on a dispute: a check then asks an expert, and overturns nothing."""
    closed = Appeal.objects.filter(item=item, closed_at__gte=item.decided_at)
    return closed.filter(state__in=[Appeal.State.UPHELD, Appeal.State.OVERTURNED]).exists()


def _compare(item: Item, seat: Assignment, review: Review, *, by: AbstractBaseUser, now: datetime) -> None:
    """A look at a decided item: an expert and a check overturn it by another answer, others ask an expert.

    What has stood a dispute no check overturns: that too asks an expert.
    """
    review.upholds = upholds(item, review)
    Review.objects.filter(pk=review.pk).update(upholds=review.upholds)
    if seat.purpose == Purpose.EXPERT:
        # What an expert has looked at is no reviewers' decision any more.
        assignments.withdraw([item.pk], [Purpose.VALIDATE], now=now)
    if review.upholds:
        return
    firm = seat.purpose in CHECKS and _has_stood_a_dispute(item)
    if review.action == Review.Action.REJECT and seat.purpose in EXPERTS and not firm:
        decisions.overturn(item, Status.REJECTED, None, why="an expert rejected it", now=now, by=by)
    elif review.action in (Review.Action.REJECT, Review.Action.ESCALATE):
        decisions.question(item, why=f"{by} doubts the decision", now=now, by=by)
    elif seat.purpose in (*EXPERTS, *CHECKS) and not firm:
        who = "an expert" if seat.purpose in EXPERTS else "a check"
        why = f"{who} came to another answer"
        decisions.overturn(item, Status.APPROVED, review.label, why=why, now=now, by=by)
    else:
        decisions.question(item, why=f"{by} came to another answer", now=now, by=by)
