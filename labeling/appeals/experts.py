"""Who may decide on a dispute: an expert who had no part in what is disputed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, User
from django.db.models import Q
from django.utils import timezone

from labeling.models import Appeal, Label
from routing import staff
from routing.draws import draw
from routing.errors import HitlError
from routing.models import Assignment, Item, ItemType, Purpose, Reviewer

MOST = 200  # open disputes that are looked through, the oldest first

People = Mapping[UUID, set[int]]


class HadAPart(HitlError):
    """You had a part in what is disputed, so another expert decides. Skip it; nothing was stored."""

    code = "had_a_part"
    status = 409


def left(appeals: Collection[Appeal]) -> People:
    """Return by item the ids of the experts who may decide a dispute of it, paused ones left out.

    The disputes come with item, type and expert queue; four statements for all, and one for each type.
    """
    able, part = _able(appeals), _part(appeals)
    return {one.item_id: able[one.item.item_type] - part[one.item_id] for one in appeals}


def refuse(appeal: Appeal, user: AbstractBaseUser) -> None:
    """Raise HadAPart where this person had one in what is disputed, whatever let them have the seat."""
    if user.pk in _part([appeal])[appeal.item_id]:
        raise HadAPart


def _able(appeals: Iterable[Appeal]) -> dict[ItemType, set[int]]:
    """Return by item type who is given what waits for its experts."""
    paused = set(Reviewer.objects.filter(paused_at__isnull=False).values_list("user_id", flat=True))
    types = {one.item.item_type for one in appeals}
    return {one: staff.people(one, one.expert_queue) - paused for one in types}


def _part(appeals: Collection[Appeal]) -> dict[UUID, set[int]]:
    """Return by item who had a part in what is disputed.

    Those who hold or have answered another seat at the item, who gave it a label by whatever way, who decided
    it, whose correction of the same input was given again as its answer, and who opened the dispute.
    """
    found = _seated(appeals)
    labels = Label.objects.filter(item__in=list(found), user__isnull=False)
    for item, user in labels.values_list("item_id", "user_id"):
        found[item].add(user)
    names = {one.item_id: {name for name in map(_name, _actors(one)) if name} for one in appeals}
    users = User.objects.filter(username__in=set().union(*names.values()))
    ids = dict(users.values_list("username", "pk"))
    for item, known in names.items():
        found[item] |= {ids[name] for name in known if name in ids}
    return found


def _seated(appeals: Collection[Appeal]) -> dict[UUID, set[int]]:
    """Return by item who holds or has answered a seat at it: the claim keeps these away by itself.

    The open dispute's own seat is no part in it.
    """
    found: dict[UUID, set[int]] = {one.item_id: set() for one in appeals}
    own = Q(purpose=Purpose.APPEAL, closed_at__isnull=True)
    seats = Assignment.objects.filter(item__in=list(found), user__isnull=False).exclude(own)
    for item, user in seats.values_list("item_id", "user_id"):
        found[item].add(user)
    return found


def _actors(appeal: Appeal) -> tuple[str, ...]:
    corrected = appeal.item.signals.get("corrected") or {}
    return (appeal.disputed_by, appeal.item.decided_by or "", appeal.opened_by, corrected.get("by", ""))


def _name(actor: str) -> str:
    """Return the username behind user:NAME or key:PREFIX/NAME; empty where it is no person."""
    kind, _, name = actor.partition(":")
    return {"user": name, "key": name.partition("/")[2]}.get(kind, "")


def meant_for(appeal: Appeal) -> int | None:
    """Return the one expert to whom a dispute must be given, drawn among those free to decide it.

    None where nobody need be named: the claim keeps away whoever has a seat at the item, so only one who had
    a part without a seat must be kept out by naming another. None too where nobody is free.
    """
    able, seated = _able([appeal])[appeal.item.item_type], _seated([appeal])[appeal.item_id]
    return _named(appeal.item, able - seated, left([appeal])[appeal.item_id])


def _named(item: Item, given: set[int], free: set[int]) -> int | None:
    if not free or given == free:
        return None
    key = settings.HITL_DRAW_KEY
    return min(free, key=lambda one: draw(key, "appeal", str(item.pk), str(one)))


def stranded() -> list[Appeal]:
    """Return open disputes that nobody may decide: nobody holds them and no expert is left."""
    found = _waiting()
    free = left(found) if found else {}
    return [one for one in found if not free[one.item_id]]


def _waiting() -> list[Appeal]:
    """Return open disputes that nobody holds, the oldest first."""
    waiting = Appeal.objects.filter(state=Appeal.State.OPEN).exclude(seat__leased_until__gt=timezone.now())
    rows = waiting.select_related("seat", "item__item_type__expert_queue")
    heavy = ("item__payload", "item__context", "item__reasons", "item__shadow")
    return list(rows.defer(*heavy).order_by("id")[:MOST])


def name_again() -> int:
    """Name others for disputes whose expert may not decide them any more, and return how many.

    One whom nobody need be named for is left open for all, and one that was open for all is given to one
    expert where somebody who had a part in it, without a seat, has joined the experts since.
    """
    found = _waiting()
    able, seated, free = _able(found), _seated(found), left(found)
    moved = 0
    for one in found:
        was, may = one.seat.meant_for_id, free[one.item_id]
        named = was if was in may else _named(one.item, able[one.item.item_type] - seated[one.item_id], may)
        if named != was:
            same = Assignment.objects.filter(pk=one.seat_id, closed_at__isnull=True, meant_for=was)
            moved += same.update(meant_for=named)
    return moved
