"""What there is to choose from at a seat, in the order in which its holder sees it, and its names."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from routing.draws import draw
from routing.kinds import KINDS, Choice
from routing.models import Assignment, Item


def choices(item: Item, seat_id: int, user_id: int) -> tuple[Choice, ...]:
    """Return the choices at this item; a kind that shuffles shows each person and seat its own order."""
    chance = draw(settings.HITL_DRAW_KEY, "order", str(seat_id), str(user_id))
    return KINDS[item.item_type.kind].choices(item.payload, item.item_type.spec, chance=chance)


def shown(seat: Assignment, *, by: int) -> dict[str, Any] | None:
    """Return the order in which the person `by` saw the choices; None where the kind's order is fixed."""
    if not KINDS[seat.item.item_type.kind].shuffles:
        return None
    return {"order": [choice.label for choice in choices(seat.item, seat.pk, by)]}


def in_words(item: Item, offered: tuple[Choice, ...], label: Any) -> str:
    """Return a label as the page names it: by its choice where it is one, else as its kind describes it."""
    names = [choice.name for choice in offered if choice.label == label]
    return names[0] if names else KINDS[item.item_type.kind].describe(label)
