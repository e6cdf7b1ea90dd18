"""What an answer to a known question does: whether it was right is kept, and the item stays as it is."""

from __future__ import annotations

import copy
from typing import Any

from audit import trail
from audit.trail import actor_name
from labeling.models import Label, Review
from routing import decisions, names
from routing.kinds import KINDS
from routing.models import EXPERTS, Action, Assignment, Item, ItemType, Purpose, Status

GIVEN = (Review.Action.APPROVE, Review.Action.EDIT)


def mark(item: Item, seat: Assignment, review: Review) -> None:
    """Keep whether the known question was answered right; the item, whose row is locked, stays as it is.

    Who asks for an expert is neither right nor wrong, nor who rejects where that means to ask one. Where the
    item's answer has come into doubt since the question was planted, nothing is kept either.
    """
    review.right = _right(item, review) if _sure(item) else None
    Review.objects.filter(pk=review.pk).update(right=review.right)
    trail.record("gold.answered", seat, by=review.user, item=str(item.pk), right=review.right)


def _sure(item: Item) -> bool:
    others = Assignment.objects.open().filter(item=item).exclude(purpose=Purpose.GOLD)
    return item.status == Status.APPROVED and not others.exists()


def _right(item: Item, review: Review) -> bool | None:
    if review.action in GIVEN:
        return KINDS[item.item_type.kind].agree(review.label, item.label, item.item_type.spec)
    withheld = item.item_type.reject_means == ItemType.Reject.WITHHOLD
    return False if withheld and review.action == Review.Action.REJECT else None


def reasons(seat: Assignment) -> list[dict[str, Any]]:
    """Return the reasons that the holder of this seat may read; a blind look has none.

    What sent the item on to an expert later is told to experts alone: a known question would stand out by it.
    """
    if seat.blind:
        return []
    if seat.purpose in EXPERTS:
        return seat.item.reasons
    return _unescalated(seat.item)


def why(review: Review) -> str:
    """Return why an ordinary refusal brings in an expert, as the item's reasons tell it."""
    asked = review.action == Review.Action.ESCALATE
    return f"{review.user} asked for an expert" if asked else f"{review.user} rejected the model's answer"


def as_ordinary(item: Item, review: Review) -> Item:
    """Return a copy of the item (not to be saved) as it would stand had this been an ordinary first look.

    It seems to have come when the seat was opened, and to have been judged by the policy of that time.
    """
    item_type, given = item.item_type, review.action in GIVEN
    withheld = review.action == Review.Action.REJECT and item_type.reject_means == ItemType.Reject.WITHHOLD
    shown = as_of(item, review.assignment)
    shown.policy = item_type.policies.filter(published_at__lte=shown.created_at).first() or item.policy
    shown.action, shown.priority = Action.HUMAN_REVIEW, review.assignment.priority
    shown.reasons = _unescalated(item)
    shown.label, shown.decided_at, shown.decided_by = None, None, None
    if withheld or (given and item_type.opinions_wanted == 1 and not item_type.ask_until_sure):
        shown.status = Status.APPROVED if given else Status.REJECTED
        shown.label, shown.decided_at = review.label, review.said_at
        shown.decided_by = actor_name(review.user)
    elif given:
        shown.status = Status.PENDING_HUMAN
    elif stood := _stood(review):
        shown.status, shown.label, shown.decided_at = Status.APPROVED, stood.label, stood.ts
        shown.decided_by = actor_name(review.user)
    else:
        shown.status = Status.PENDING_EXPERT
        for name, value in decisions.raised(shown, why(review)).items():
            setattr(shown, name, value)
    return shown


def as_of(item: Item, seat: Assignment) -> Item:
    """Return a copy of the item (not to be saved) as if it had come with this seat, by that's name of it."""
    shown = copy.copy(item)
    shown.pk, shown.created_at = names.of_item(seat), seat.created_at
    return shown


def _stood(review: Review) -> Label | None:
    """Return the label that this refusal corrects: of an ordinary item it would stand till an expert says."""
    return (
        review.human_labels.filter(superseded_at=review.corrected_at).first() if review.corrected_at else None
    )


def _unescalated(item: Item) -> list[dict[str, Any]]:
    return [reason for reason in item.reasons if reason["code"] != "escalated"]
