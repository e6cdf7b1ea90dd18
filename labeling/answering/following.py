"""What becomes of an item when one of its answers is corrected: called back, overturned or asked about.

What an answer sets going carries its very time: the seats that it opened, those that it withdrew, and the
decision that it made. By that its consequences are found again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models.functions import Coalesce

from audit import trail
from labeling.answering import concluding, settling
from labeling.consensus import middle
from labeling.models import Review
from routing import assignments, decisions, recalling
from routing.kinds import KINDS
from routing.models import DECIDED, HIDDEN, Assignment, Item, ItemType, Outcome, Purpose, Status

GIVEN = (Review.Action.APPROVE, Review.Action.EDIT)


def call_back(item: Item, seat: Assignment, at: datetime, *, by: AbstractBaseUser, now: datetime) -> None:
    """Take back what the answer given at `at` asked of others, before another one replaces it.

    Raises ExpertHasBegun where an expert was asked because of it, alone or as one of answers that differ,
    and has begun.
    """
    if seat.purpose in HIDDEN:
        return
    expert = (
        Assignment.objects.filter(item=item, purpose=Purpose.EXPERT, created_at__gte=at)
        .exclude(outcome=Outcome.WITHDRAWN)
        .order_by("-created_at")
        .first()
    )
    differ = expert and seat.purpose in decisions.LOOKS and _other_look(item, expert.created_at)
    if expert and (expert.created_at == at or differ):
        recalling.recall(item, expert, seat, why=f"{by} corrected an answer", now=now, by=by)
    more = Assignment.objects.filter(item=item, purpose=Purpose.OVERLAP, created_at=at)
    assignments.call_off(more.exclude(leased_until__gt=now), now=now)


def _other_look(item: Item, at: datetime) -> bool:
    """Whether somebody gave a label to the item at this very time: what came of it rests on all looks."""
    said = Review.objects.alias(said_at=Coalesce("corrected_at", "created_at")).filter(item=item, said_at=at)
    return said.filter(action__in=GIVEN, assignment__purpose__in=decisions.LOOKS).exists()


def follow(
    item: Item, seat: Assignment, review: Review, at: datetime, *, by: AbstractBaseUser, now: datetime
) -> None:
    """Let the item follow an answer that was given at `at` and has been replaced since.

    An item that waits is settled anew. A decision that rests on the answer is overturned, or an expert is
    asked about it. One that others made, or an expert who is asked for another reason, stays.
    """
    look = seat.purpose in decisions.LOOKS
    if seat.purpose in HIDDEN or item.status == Status.POOLED:
        settling.settle(item, seat, review, by=by, now=now)
    elif item.status in DECIDED and item.decided_at >= at:
        if item.decided_at == at and not look:
            _judge_again(item, seat, review, by=by, now=now)
        elif look and (item.decided_at == at or _other_look(item, item.decided_at)):
            _conclude_again(item, review, at, by=by, now=now)
    elif item.status != Status.PENDING_EXPERT or seat.purpose == Purpose.EXPERT:
        settling.settle(item, seat, review, by=by, now=now)


def _conclude_again(item: Item, review: Review, at: datetime, *, by: AbstractBaseUser, now: datetime) -> None:
    """Decide anew what people's looks had decided, or ask an expert where they decide no longer."""
    item_type, why = item.item_type, f"{by} corrected the answer"
    answers = _answers(item, at)
    if review.action == Review.Action.REJECT and item_type.reject_means == ItemType.Reject.WITHHOLD:
        _replace(item, Status.REJECTED, None, why=why, by=by, now=now)
    elif answers and concluding.all_agree(item_type, answers):
        label = middle(answers, KINDS[item_type.kind], item_type.spec)
        _replace(item, Status.APPROVED, label, why=why, by=by, now=now)
    else:
        _question(item, why=f"{why}: people's answers decide no longer", by=by, now=now)


def _answers(item: Item, at: datetime) -> list[Any]:
    """Return what people's looks say; nothing where one is a refusal, or was given up because of one."""
    looks = Assignment.objects.filter(item=item, purpose__in=decisions.LOOKS)
    if looks.filter(outcome=Outcome.WITHDRAWN, closed_at=at).exists():
        return []
    said = list(Review.objects.filter(assignment__in=looks).order_by("assignment__closed_at"))
    return [one.label for one in said] if all(one.action in GIVEN for one in said) else []


def _judge_again(
    item: Item, seat: Assignment, review: Review, *, by: AbstractBaseUser, now: datetime
) -> None:
    """Decide anew what one person had decided alone, as an expert or by a check of an earlier decision."""
    why, earlier = f"{by} corrected the answer", _earlier(item)
    review.upholds = settling.upholds(earlier, review) if earlier else None
    Review.objects.filter(pk=review.pk).update(upholds=review.upholds)
    expert = seat.purpose in settling.EXPERTS
    if review.action in GIVEN and not review.upholds:
        _replace(item, Status.APPROVED, review.label, why=why, by=by, now=now)
    elif review.action == Review.Action.REJECT and expert:
        _replace(item, Status.REJECTED, None, why=why, by=by, now=now)
    elif earlier:
        _replace(item, Status(earlier.status), earlier.label, why=why, by=by, now=now)
    if review.action not in GIVEN and not (expert and review.action == Review.Action.REJECT):
        _question(item, why=f"{by} doubts the decision", by=by, now=now)


def _earlier(item: Item) -> Item | None:
    """Return the item as it was decided before the present decision overturned that; None: it did not."""
    decided = trail.story(item).filter(verb__in=["item.resolved", "item.overturned"]).last()
    before = decided.data.get("before") if decided else None
    if not isinstance(before, dict):
        return None
    return Item(item_type=item.item_type, status=before["status"], label=before["label"])


def _question(item: Item, *, why: str, by: AbstractBaseUser, now: datetime) -> None:
    if not Assignment.objects.open().filter(item=item, purpose=Purpose.EXPERT).exists():
        decisions.question(item, why=why, by=by, now=now)


def _replace(
    item: Item, status: Status, label: Any, *, why: str, by: AbstractBaseUser, now: datetime
) -> None:
    if (item.status, item.label) != (status, label):
        decisions.overturn(item, status, label, why=why, by=by, now=now)
