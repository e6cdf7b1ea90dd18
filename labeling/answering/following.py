"""What becomes of an item when one of its answers is corrected: called back, overturned or asked about.

What an answer sets going carries its very time: the seats that it opened, those that it withdrew, and the
decision that it made. By that its consequences are found again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from audit import trail
from audit.trail import actor_name
from labeling.answering import concluding, settling
from labeling.models import Label, Review
from labeling.quality import seconds
from routing import assignments, decisions, recalling
from routing.models import DECIDED, EXPERTS, HIDDEN, Assignment, Item, ItemType, Outcome, Purpose, Status

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
    differ = expert and seat.purpose in decisions.LOOKS and _by_looks(item, expert.created_at)
    if expert and (expert.created_at == at or differ):
        recalling.recall(item, expert, seat, why=f"{by} corrected an answer", now=now, by=by)
    more = Assignment.objects.filter(item=item, purpose=Purpose.OVERLAP, created_at=at)
    assignments.call_off(more.exclude(leased_until__gt=now), now=now)


def _by_looks(item: Item, at: datetime) -> bool:
    """Whether somebody gave a label to the item at this very time: what came of it rests on all looks."""
    return Label.objects.filter(item=item, source__in=decisions.LOOKS, ts=at).exists()


def follow(
    item: Item, seat: Assignment, review: Review, at: datetime, *, by: AbstractBaseUser, now: datetime
) -> None:
    """Let the item follow an answer that was given at `at` and has been replaced since.

    An item that waits is settled anew. A decision that rests on the answer is overturned, or an expert is
    asked about it. One that others made, or an expert has looked at since, stays, and so does an expert who
    is asked for another reason.
    """
    if seat.purpose in HIDDEN or item.status == Status.POOLED:
        settling.settle(item, seat, review, by=by, now=now)
    elif item.status in DECIDED:
        _after_decision(item, seat, review, at, by=by, now=now)
    elif item.status != Status.PENDING_EXPERT or seat.purpose == Purpose.EXPERT:
        settling.settle(item, seat, review, by=by, now=now)


def _after_decision(
    item: Item, seat: Assignment, review: Review, at: datetime, *, by: AbstractBaseUser, now: datetime
) -> None:
    decided, look = item.decided_at, seat.purpose in decisions.LOOKS
    if _expert_since(item, seat, at):
        return
    # What this review decided when it said something else still may rest on that.
    mine = decided in (at, review.created_at) or review.human_labels.filter(ts=decided).exists()
    if mine and not look:
        _judge_again(item, seat, review, by=by, now=now)
    elif look and (mine or (decided > at and _by_looks(item, decided))):
        _conclude_again(item, review, by=by, now=now)
    elif decided < at:
        settling.settle(item, seat, review, by=by, now=now)


def _expert_since(item: Item, seat: Assignment, at: datetime) -> bool:
    """Whether an expert has answered at this item since: what stands is their word."""
    others = Assignment.objects.answered().filter(item=item, purpose__in=EXPERTS, closed_at__gt=at)
    return others.exclude(pk=seat.pk).exists()


def _conclude_again(item: Item, review: Review, *, by: AbstractBaseUser, now: datetime) -> None:
    """Decide anew what people's looks had decided, or ask an expert where they decide no longer."""
    item_type, why = item.item_type, f"{by} corrected the answer"
    votes = _votes(item)
    if review.action == Review.Action.REJECT and item_type.reject_means == ItemType.Reject.WITHHOLD:
        _replace(item, Status.REJECTED, None, why=why, by=by, now=now)
    elif votes and (found := concluding.amount(item, votes)):
        label, consensus = found
        _replace(item, Status.APPROVED, label, why=why, consensus=consensus, by=by, now=now)
    else:
        _question(item, why=f"{why}: people's answers decide no longer", by=by, now=now)


def _votes(item: Item) -> list[tuple[int, Any]]:
    """Return who says what at their look; nothing where one refuses, or was given up because of a refusal."""
    looks = Assignment.objects.filter(item=item, purpose__in=decisions.LOOKS)
    if looks.filter(outcome=Outcome.WITHDRAWN, closed_at=item.decided_at).exists():
        return []
    said = list(Review.objects.filter(assignment__in=looks).order_by("assignment__closed_at"))
    given = all(one.action in GIVEN for one in said)
    return [(one.user_id, one.label) for one in said] if given else []


def _judge_again(
    item: Item, seat: Assignment, review: Review, *, by: AbstractBaseUser, now: datetime
) -> None:
    """Decide anew what one person had decided alone, as an expert or by a check of an earlier decision."""
    why, earlier = f"{by} corrected the answer", _earlier(item, by)
    review.upholds = settling.upholds(earlier, review) if earlier else None
    Review.objects.filter(pk=review.pk).update(upholds=review.upholds)
    expert = seat.purpose in EXPERTS
    if review.action in GIVEN and not review.upholds:
        _replace(item, Status.APPROVED, review.label, why=why, by=by, now=now)
    elif review.action == Review.Action.REJECT and expert:
        _replace(item, Status.REJECTED, None, why=why, by=by, now=now)
    elif earlier:
        back = {"decided_by": earlier.decided_by}
        _replace(item, Status(earlier.status), earlier.label, why=why, by=by, now=now, **back)
    if seat.purpose == Purpose.SECOND:
        seconds.settle(item, seat, review, by=by, now=now)
    elif review.action not in GIVEN and not (expert and review.action == Review.Action.REJECT):
        _question(item, why=f"{by} doubts the decision", by=by, now=now)


def _earlier(item: Item, by: AbstractBaseUser) -> Item | None:
    """Return the item as it was decided before this person overturned that; None: they did not."""
    told = trail.story(item).filter(verb__in=["item.resolved", "item.overturned"]).reverse()
    for event in told:
        before = trail.opened(event, item.secret)["before"]
        if not isinstance(before, dict):
            break
        if before["decided_by"] != actor_name(by):
            return Item(item_type=item.item_type, **before)
    return None


def _question(item: Item, *, why: str, by: AbstractBaseUser, now: datetime) -> None:
    if not Assignment.objects.open().filter(item=item, purpose=Purpose.EXPERT).exists():
        decisions.question(item, why=why, by=by, now=now)


def _replace(
    item: Item, status: Status, label: Any, *, why: str, by: AbstractBaseUser, now: datetime, **told: Any
) -> None:
    if (item.status, item.label) != (status, label):
        decisions.overturn(item, status, label, why=why, by=by, now=now, **told)
