"""Another person's look at an item: asked for by the rules of its type, or by somebody who doubts it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import trail
from audit.trail import Actor
from routing import assignments, decisions, judging, telling
from routing.assignments import Want
from routing.errors import NoOpinionWanted
from routing.models import DECIDED, Assignment, Item, Outcome, Purpose, Status

MOST = 9  # people who look at one waiting item
WAITS = {
    Status.POOLED: "This item waits in the pool: nobody decides it.",
    Status.PENDING_AI: "No model has answered this item yet: it is not known whether a person is needed.",
    Status.PENDING_EXPERT: "An expert is asked about this item already.",
}


def ask(
    item: Item,
    count: int = 1,
    *,
    why: str,
    now: datetime,
    by: Actor,
    consensus: Mapping[str, Any] | None = None,
) -> list[Assignment]:
    """Ask so many more people about an item whose row is locked, and return their seats.

    They wait where the item's looks wait. At a decided item they don't see what the model said. `consensus`
    is what the answers so far amount to, for the trail.
    """
    looks = Assignment.objects.filter(item=item, purpose__in=decisions.LOOKS).select_related("queue")
    before = list(looks.order_by("id"))
    queue = before[0].queue if before else item.item_type.queue
    decided = item.status in DECIDED
    wants = [
        Want(
            item,
            Purpose.OVERLAP,
            queue,
            item.priority,
            blind=decided or judging.blind(item.item_type, item, len(before) + number),
        )
        for number in range(count)
    ]
    told = {"consensus": dict(consensus)} if consensus else {}
    told |= {"policy": decisions.number(item), "why": why, "people": count}
    trail.record_all([telling.entry("item.opinion_asked", item, told)], by=by)
    return assignments.ask(wants, now=now)


@transaction.atomic
def request(item_id: UUID, *, why: str, by: Actor) -> Assignment:
    """Ask one more person about an item because somebody wants it, and return the seat.

    A waiting item is decided once that person has answered too. A decision stands: where that person differs
    an expert is asked, who may overturn it. Raises Item.DoesNotExist, NoOpinionWanted.
    """
    item = (
        Item.objects.select_related("policy", "item_type__queue")
        .select_for_update(of=("self",))
        .get(pk=item_id)
    )
    if item.erased_at:
        raise NoOpinionWanted("Its content was erased: there is nothing left to look at.")
    if item.status in WAITS:
        raise NoOpinionWanted(WAITS[Status(item.status)])
    seats = Assignment.objects.filter(item=item).exclude(outcome=Outcome.WITHDRAWN)
    if item.status in DECIDED:
        if seats.open().filter(purpose__in=[Purpose.OVERLAP, Purpose.EXPERT]).exists():
            raise NoOpinionWanted("Another opinion on this item is asked for already.")
    elif seats.filter(purpose__in=decisions.LOOKS).count() >= MOST:
        raise NoOpinionWanted(f"{MOST} people look at this item already.")
    return ask(item, why=why, now=timezone.now(), by=by)[0]
