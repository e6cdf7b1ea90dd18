"""Who may decide on a dispute: an expert who had no part in what is disputed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from labeling.models import Appeal, Label
from routing import staff
from routing.draws import draw
from routing.models import Assignment, Item, Purpose, Reviewer

MOST = 200  # open disputes that are looked through, the oldest first


def left(items: Collection[Item]) -> Mapping[UUID, set[int]]:
    """Return by item the ids of the experts who may decide a dispute of it, paused ones left out.

    Out are those who hold or have answered another seat at the item, who gave it a label by whatever way, and
    who decided it. `items` come with type and expert queue; two statements for all, and two for each type.
    """
    part = _part(items)
    able = {item.item_type: set[int]() for item in items}
    paused = set(Reviewer.objects.filter(paused_at__isnull=False).values_list("user_id", flat=True))
    for item_type in able:
        able[item_type] = staff.people(item_type, item_type.expert_queue) - paused
    deciders = {item.decided_by.removeprefix("user:") for item in items if item.decided_by}
    names = dict(User.objects.filter(username__in=deciders).values_list("username", "pk"))
    return {
        item.pk: able[item.item_type]
        - part.get(item.pk, set())
        - {names.get((item.decided_by or "").removeprefix("user:"))}
        for item in items
    }


def _part(items: Collection[Item]) -> dict[UUID, set[int]]:
    """Return who has looked at each item or given it a label; a dispute's own seat is no part in it."""
    open_appeals = Q(purpose=Purpose.APPEAL, closed_at__isnull=True)
    seats = Assignment.objects.filter(item__in=items, user__isnull=False).exclude(open_appeals)
    labels = Label.objects.filter(item__in=items, user__isnull=False)
    found: dict[UUID, set[int]] = {}
    pairs = [*seats.values_list("item_id", "user_id"), *labels.values_list("item_id", "user_id")]
    for item, user in pairs:
        found.setdefault(item, set()).add(user)
    return found


def meant_for(item: Item, free: Collection[int]) -> int | None:
    """Return the one expert to whom a dispute must be given, drawn among those free to decide it.

    None where nobody need be named: the claim keeps away whoever has a seat at the item, so only one who had
    a part without a seat must be kept out by naming another.
    """
    seated = Assignment.objects.filter(item=item, user__isnull=False).exclude(purpose=Purpose.APPEAL)
    given = staff.people(item.item_type, item.item_type.expert_queue)
    given -= set(seated.values_list("user_id", flat=True))
    paused = set(Reviewer.objects.filter(paused_at__isnull=False).values_list("user_id", flat=True))
    if not free or given - paused == set(free):
        return None
    key = settings.HITL_DRAW_KEY
    return min(free, key=lambda one: draw(key, "appeal", str(item.pk), str(one)))


def stranded() -> list[Appeal]:
    """Return open disputes that nobody may decide: nobody holds them and no expert is left."""
    waiting = Appeal.objects.filter(state=Appeal.State.OPEN).exclude(seat__leased_until__gt=timezone.now())
    found = list(
        waiting.select_related("seat", "item__item_type__expert_queue")
        .defer("item__payload", "item__context", "item__reasons", "item__shadow")
        .order_by("id")[:MOST]
    )
    free = left([one.item for one in found])
    return [one for one in found if not free[one.item_id]]


def name_again() -> int:
    """Name others for disputes whose expert may not decide them any more, and return how many.

    One whom nobody need be named for is left open for all.
    """
    meant = Appeal.objects.filter(state=Appeal.State.OPEN, seat__meant_for__isnull=False)
    found = list(meant.select_related("seat", "item__item_type__expert_queue").order_by("id")[:MOST])
    free = left([one.item for one in found])
    moved = 0
    for one in found:
        if one.seat.meant_for_id not in free[one.item_id]:
            named = meant_for(one.item, free[one.item_id])
            moved += Assignment.objects.filter(
                pk=one.seat_id, closed_at__isnull=True, meant_for=one.seat.meant_for_id
            ).update(meant_for=named)
    return moved
