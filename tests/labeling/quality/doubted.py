"""A label that a check doubts, for the tests of what follows."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from labeling.answering import review
from labeling.models import Flag, Label
from labeling.quality import checking
from routing import assignments
from routing.models import Item
from tests import factories

SLOW, FAST = 60_000, 10  # milliseconds


def answer(by: User, label: Any = "negative", *, spent: int = SLOW, action: str = "edit") -> Item:
    """Have this person claim the next item and answer it."""
    seat = assignments.claim(by=by)
    said = None if action != "edit" else label
    return review.submit(seat.pk, review.Answer(action, label=said, time_spent_ms=spent), by=by)


def check_all() -> int:
    """Let the checks read every label, however new it is; return how many they read."""
    return checking.check(now=timezone.now() + timedelta(hours=1))


def flagged(by: User, label: Any = "negative", **item: Any) -> Flag:
    """Return the flag of an item that this person has answered too fast to have read it."""
    made = factories.submit(0.7, **item)
    answer(by, label, spent=FAST)
    check_all()
    return Flag.objects.get(item=made, check_name="too_fast")


def of(item: Item) -> Label:
    """Return the item's latest label."""
    return Label.objects.filter(item=item).latest("ts")
