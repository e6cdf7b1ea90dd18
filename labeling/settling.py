"""What a review means for its item: agreed, handed to an expert, overturned, or nothing at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from audit import trail
from labeling.consensus import middle
from labeling.models import Review
from routing import decisions
from routing.kinds import KINDS
from routing.models import DECIDED, Assignment, Item, ItemType, Outcome, Purpose, Status
from routing.truth import was_right


def settle(item: Item, seat: Assignment, review: Review, *, by: AbstractBaseUser, now: datetime) -> None:
    """Draw the consequence of a review for its item, whose row is locked."""
    if seat.purpose == Purpose.SEED:
        _mark(item, seat, review)
    elif item.status == Status.POOLED:
        return  # a pool item only yields a label
    elif item.status in DECIDED:
        _compare(item, seat, review, by=by, now=now)
    elif review.action == Review.Action.ESCALATE:
        decisions.escalate(item, why=f"{by} asked for an expert", now=now, by=by)
    elif review.action == Review.Action.REJECT:
        _refuse(item, seat, by=by, now=now)
    elif seat.purpose == Purpose.EXPERT:
        decisions.resolve(item, Status.APPROVED, review.label, why="an expert decided", now=now, by=by)
    else:
        _agree_or_escalate(item, by=by, now=now)


def _refuse(item: Item, seat: Assignment, *, by: AbstractBaseUser, now: datetime) -> None:
    if seat.purpose == Purpose.EXPERT or item.item_type.reject_means == ItemType.Reject.WITHHOLD:
        decisions.resolve(item, Status.REJECTED, None, why=f"{by} rejected it", now=now, by=by)
    else:
        decisions.escalate(item, why=f"{by} rejected the model's answer", now=now, by=by)


def _agree_or_escalate(item: Item, *, by: AbstractBaseUser, now: datetime) -> None:
    """Resolve the item once every look that was asked for is in: agreed, or by an expert."""
    looks = Assignment.objects.filter(item=item, purpose__in=decisions.LOOKS)
    seats = looks.exclude(outcome=Outcome.WITHDRAWN).select_related("review").order_by("closed_at")
    if any(seat.closed_at is None for seat in seats):
        return
    labels = [seat.review.label for seat in seats]
    if _all_agree(item.item_type, labels):
        label = middle(labels, KINDS[item.item_type.kind], item.item_type.spec)
        why = "a person decided" if len(labels) == 1 else f"{len(labels)} people agree"
        decisions.resolve(item, Status.APPROVED, label, why=why, now=now, by=by)
    else:
        decisions.escalate(item, why="people disagree", now=now, by=by)


def _all_agree(item_type: ItemType, labels: Sequence[Any]) -> bool:
    kind, spec = KINDS[item_type.kind], item_type.spec
    return all(kind.agree(one, other, spec) for i, one in enumerate(labels) for other in labels[:i])


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


def _compare(item: Item, seat: Assignment, review: Review, *, by: AbstractBaseUser, now: datetime) -> None:
    """A look at a decided item: another answer overturns it, a refusal brings in an expert."""
    kind, spec = KINDS[item.item_type.kind], item.item_type.spec
    if review.action in (Review.Action.REJECT, Review.Action.ESCALATE):
        if seat.purpose == Purpose.EXPERT:
            decisions.overturn(item, Status.REJECTED, None, why="an expert rejected it", now=now, by=by)
        else:
            decisions.question(item, why=f"{by} doubts the decision", now=now, by=by)
    elif item.status == Status.REJECTED or not kind.agree(review.label, item.label, spec):
        why = "a check came to another answer"
        decisions.overturn(item, Status.APPROVED, review.label, why=why, now=now, by=by)
