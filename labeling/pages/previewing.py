"""An item that is not here yet, as a reviewer would see it: the page of a seat that nobody holds."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from labeling.pages.keymaps import keys_of
from labeling.pages.presentation import SeatPage, seat_page
from routing.models import Assignment, Item, ItemType, Priority, Purpose
from routing.router import Entry

NO_SEAT = 0


def preview(item_type: ItemType, entry: Entry, *, by: AbstractBaseUser) -> SeatPage:
    """Return the page of an entry as a look without a blindfold would show it to `by`; nothing is stored."""
    now = timezone.now()
    item = Item(item_type=item_type, item_ref=entry.item_ref, payload=entry.payload, context=entry.context)
    item.reasons = []
    seat = Assignment(
        id=NO_SEAT,
        item=item,
        item_type=item_type,
        user=by,
        queue=item_type.queue,
        purpose=Purpose.REVIEW,
        priority=Priority.NORMAL,
        created_at=now,
        due_at=now + timedelta(minutes=item_type.queue.sla_minutes),
        leased_until=now,
    )
    seat.suggestion = asdict(entry.opinions[0]) if entry.opinions else None
    return seat_page(seat, keys_of(by.pk), now=now)
