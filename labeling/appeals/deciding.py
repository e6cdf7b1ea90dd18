"""What an expert's answer makes of the dispute that it was asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from audit.trail import actor_name
from labeling.appeals import experts, opening
from labeling.models import Appeal, Review
from routing.kinds import KINDS
from routing.models import Assignment, Item, Purpose, Status


def admit(item: Item, seat: Assignment, *, by: AbstractBaseUser) -> None:
    """Raise HadAPart where who is about to answer at a dispute's seat had one in what is disputed.

    Whom the seat is given to is looked at when it is opened and every ten minutes; this is certain.
    """
    appeal = Appeal.objects.filter(seat=seat).first() if seat.purpose == Purpose.APPEAL else None
    if appeal is not None:
        appeal.item = item
        experts.refuse(appeal, by)


def close(item: Item, seat: Assignment, review: Review, *, now: datetime) -> None:
    """Close the dispute behind a seat by what its holder said of the item, which is settled.

    The decision stands where the expert, who was not shown it, came to the same. An answer that its author
    corrects closes the dispute anew. The comment is what who disputed it is told. Nothing happens at seats of
    another purpose. The caller holds the lock of the item's row.
    """
    if seat.purpose != Purpose.APPEAL:
        return
    appeal = Appeal.objects.filter(seat=seat).first()
    if appeal is None or appeal.state == Appeal.State.WITHDRAWN:
        return
    appeal.item = item
    before = (appeal.state, appeal.answer)
    appeal.state = Appeal.State.UPHELD if _same(item, appeal, review) else Appeal.State.OVERTURNED
    appeal.answer = review.comment
    if before == (appeal.state, appeal.answer):
        return
    appeal.closed_at, appeal.closed_by = now, actor_name(review.user)
    appeal.save(update_fields=["state", "answer", "closed_at", "closed_by"])
    told = {
        "state": appeal.state,
        "before": opening.decision(appeal.disputed_status, appeal.disputed_label),
        "after": opening.decision(*_said(review)),
    }
    opening.record("appeal.decided", appeal, told, {"answer": appeal.answer}, by=review.user, now=now)


def _said(review: Review) -> tuple[str, Any]:
    if review.action == Review.Action.REJECT:
        return Status.REJECTED.value, None
    return Status.APPROVED.value, review.label


def _same(item: Item, appeal: Appeal, review: Review) -> bool:
    """Whether the expert's answer is the decision that is disputed, whatever became of the item since."""
    status, label = _said(review)
    if status != appeal.disputed_status:
        return False
    kind, spec = KINDS[item.item_type.kind], item.item_type.spec
    return status == Status.REJECTED or kind.agree(label, appeal.disputed_label, spec)
