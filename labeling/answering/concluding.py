"""What people's answers to a waiting item amount to: a decision, one more person to ask, or an expert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser

from labeling.consensus import middle
from labeling.consensus.redundancy import Next
from labeling.consensus.weighing import Weighed, weigh
from labeling.people import skills
from routing import another, assignments, decisions
from routing.assignments import Want
from routing.draws import draw
from routing.kinds import KINDS
from routing.models import Assignment, Item, ItemType, Outcome, Priority, Purpose, Status


def conclude(item: Item, *, by: AbstractBaseUser, now: datetime) -> None:
    """Settle a waiting item by what people said once no look at it is open; its row is locked.

    Where its type asks until it is sure and people's skill is known, their votes are weighed. Else all must
    agree, each with each within the type's tolerance, and an expert decides where they don't.
    """
    seats = _answered(item)
    if not seats:
        return
    weighed = _weighed(item, seats)
    if weighed:
        _by_weight(item, weighed, by=by, now=now)
    elif (missing := _missing(item, len(seats))) > 0:
        another.ask(item, missing, why=f"{len(seats) + missing} opinions are wanted", now=now, by=by)
    else:
        _by_agreement(item, [seat.review.label for seat in seats], by=by, now=now)


def validate(item: Item, *, now: datetime) -> None:
    """Draw whether an expert answers again what reviewers have just decided, without seeing their answer."""
    item_type, share = item.item_type, item.item_type.validated_share
    if draw(settings.HITL_DRAW_KEY, "validate", item_type.slug, item.item_ref) < share:
        drawn = Want(
            item, Purpose.VALIDATE, item_type.expert_queue, Priority.LOW, blind=True, inclusion=share
        )
        assignments.ask([drawn], now=now)


def _answered(item: Item) -> list[Assignment]:
    """Return the looks at the item in the order of their answers; none while one is open."""
    looks = Assignment.objects.filter(item=item, purpose__in=decisions.LOOKS)
    seats = list(looks.exclude(outcome=Outcome.WITHDRAWN).select_related("review").order_by("closed_at"))
    return [] if any(seat.closed_at is None for seat in seats) else seats


def _missing(item: Item, given: int) -> int:
    """Return how many are still to be asked: only where they are asked one after the other."""
    waits = item.status == Status.PENDING_HUMAN and item.item_type.ask_until_sure
    return item.item_type.opinions_wanted - given if waits else 0


def _weighed(item: Item, seats: Sequence[Assignment]) -> Weighed | None:
    item_type = item.item_type
    if not item_type.ask_until_sure or item.status != Status.PENDING_HUMAN:
        return None
    known = skills.load(item_type)
    if known is None:
        return None
    votes = [(seat.user_id, seat.review.label) for seat in seats]
    return weigh(votes, known, sure_at=item_type.sure_at, most=item_type.most_opinions)


def _by_weight(item: Item, weighed: Weighed, *, by: AbstractBaseUser, now: datetime) -> None:
    said = f"{_people(weighed.votes)}, {100 * weighed.sure:.1f} % sure"
    if weighed.next == Next.ENOUGH:
        _decide(item, weighed.label, why=said, consensus=weighed.data, by=by, now=now)
    elif weighed.next == Next.ANOTHER:
        another.ask(item, why=f"not settled yet: {said}", consensus=weighed.data, by=by, now=now)
    else:
        why = f"people leave it open: {said}"
        decisions.escalate(item, why=why, consensus=weighed.data, by=by, now=now)


def _by_agreement(item: Item, labels: Sequence[Any], *, by: AbstractBaseUser, now: datetime) -> None:
    several = {"method": "agreement", "votes": len(labels)} if len(labels) > 1 else None
    if all_agree(item.item_type, labels):
        label = middle(labels, KINDS[item.item_type.kind], item.item_type.spec)
        why = f"{_people(len(labels))} agree" if several else "a person decided"
        _decide(item, label, why=why, consensus=several, by=by, now=now)
    else:
        decisions.escalate(item, why="people disagree", consensus=several, now=now, by=by)


def all_agree(item_type: ItemType, labels: Sequence[Any]) -> bool:
    """Return whether every two of these answers agree by the kind's tolerance."""
    kind, spec = KINDS[item_type.kind], item_type.spec
    return all(kind.agree(one, other, spec) for i, one in enumerate(labels) for other in labels[:i])


def _decide(
    item: Item,
    label: Any,
    *,
    why: str,
    consensus: Mapping[str, Any] | None,
    by: AbstractBaseUser,
    now: datetime,
) -> None:
    decisions.resolve(item, Status.APPROVED, label, why=why, consensus=consensus, by=by, now=now)
    validate(item, now=now)


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
