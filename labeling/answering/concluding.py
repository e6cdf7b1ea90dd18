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
from routing import another, assignments, decisions, staff
from routing.assignments import Want
from routing.draws import draw
from routing.kinds import KINDS
from routing.models import Assignment, Item, ItemType, Outcome, Priority, Purpose, Status

Vote = tuple[int, Any]  # of a person, by id: their label


def conclude(item: Item, *, by: AbstractBaseUser, now: datetime) -> None:
    """Settle a waiting item by what people said once no look at it is open; its row is locked.

    Where its type asks until it is sure and people's skill is known, their votes are weighed. Else all must
    agree, each with each within the type's tolerance, and an expert decides where they don't.
    """
    votes = _votes(item)
    if not votes:
        return
    weighed = _weighed(item, votes)
    if weighed:
        _by_weight(item, weighed, by=by, now=now)
    elif (missing := _missing(item, len(votes))) > 0:
        _ask(item, missing, why=f"{len(votes) + missing} opinions are wanted", by=by, now=now)
    else:
        _by_agreement(item, [label for _, label in votes], by=by, now=now)


def amount(item: Item, votes: Sequence[Vote]) -> tuple[Any, Mapping[str, Any] | None] | None:
    """Return the answer to which these votes amount, and the consensus; None where they leave it open."""
    weighed = _weighed(item, votes)
    if weighed:
        return (weighed.label, weighed.data) if weighed.next == Next.ENOUGH else None
    labels = [label for _, label in votes]
    if not _all_agree(item.item_type, labels):
        return None
    return middle(labels, KINDS[item.item_type.kind], item.item_type.spec), _several(labels)


def validate(item: Item, *, now: datetime) -> None:
    """Draw whether an expert answers again what reviewers have just decided, without seeing their answer."""
    item_type, share = item.item_type, item.item_type.validated_share
    if draw(settings.HITL_DRAW_KEY, "validate", item_type.slug, item.item_ref) < share:
        drawn = Want(
            item, Purpose.VALIDATE, item_type.expert_queue, Priority.LOW, blind=True, inclusion=share
        )
        assignments.ask([drawn], now=now)


def _votes(item: Item) -> list[Vote]:
    """Return who said what at the looks, in the order of their answers; none while a look is open."""
    looks = Assignment.objects.filter(item=item, purpose__in=decisions.LOOKS)
    seats = list(looks.exclude(outcome=Outcome.WITHDRAWN).select_related("review").order_by("closed_at"))
    if any(seat.closed_at is None for seat in seats):
        return []
    return [(seat.user_id, seat.review.label) for seat in seats]


def _missing(item: Item, given: int) -> int:
    """Return how many are still to be asked: only where they are asked one after the other."""
    waits = item.status == Status.PENDING_HUMAN and item.item_type.ask_until_sure
    return item.item_type.opinions_wanted - given if waits else 0


def _weighed(item: Item, votes: Sequence[Vote]) -> Weighed | None:
    item_type = item.item_type
    if not item_type.ask_until_sure or item.policy_id is None:
        return None
    known = skills.load(item_type)
    if known is None:
        return None
    return weigh(votes, known, sure_at=item_type.sure_at, most=item_type.most_opinions)


def _by_weight(item: Item, weighed: Weighed, *, by: AbstractBaseUser, now: datetime) -> None:
    said = f"{_people(weighed.votes)}, {100 * weighed.sure:.1f} % sure"
    if weighed.next == Next.ENOUGH:
        _decide(item, weighed.label, why=said, consensus=weighed.data, by=by, now=now)
    elif weighed.next == Next.ANOTHER:
        _ask(item, 1, why=f"not settled yet: {said}", consensus=weighed.data, by=by, now=now)
    else:
        why = f"people leave it open: {said}"
        decisions.escalate(item, why=why, consensus=weighed.data, by=by, now=now)


def _ask(
    item: Item,
    count: int,
    *,
    why: str,
    consensus: Mapping[str, Any] | None = None,
    by: AbstractBaseUser,
    now: datetime,
) -> None:
    """Ask so many more people, or an expert where nobody is left who has not looked."""
    left = staff.left(item, most=count)
    if left:
        another.ask(item, left, why=why, consensus=consensus, by=by, now=now)
    else:
        decisions.escalate(item, why=f"nobody is left to ask: {why}", consensus=consensus, by=by, now=now)


def _by_agreement(item: Item, labels: Sequence[Any], *, by: AbstractBaseUser, now: datetime) -> None:
    several = _several(labels)
    if _all_agree(item.item_type, labels):
        label = middle(labels, KINDS[item.item_type.kind], item.item_type.spec)
        why = f"{_people(len(labels))} agree" if several else "a person decided"
        _decide(item, label, why=why, consensus=several, by=by, now=now)
    else:
        decisions.escalate(item, why="people disagree", consensus=several, now=now, by=by)


def _several(labels: Sequence[Any]) -> dict[str, Any] | None:
    """Return what the trail keeps of agreement; nothing where one person alone has answered."""
    return {"method": "agreement", "votes": len(labels)} if len(labels) > 1 else None


def _all_agree(item_type: ItemType, labels: Sequence[Any]) -> bool:
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
