"""Questions that nobody answered in time: their items go back to the pool, to be judged anew."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from audit import trail
from learning.registry import AUTHOR
from routing import assignments
from routing.models import Assignment, ItemType, Purpose, Queue

CHUNK = 500
MOST = 10_000  # a minute


def expire(*, now: datetime | None = None) -> int:
    """Take back the sampler's questions that are past their time and that nobody holds; return how many.

    What people skip, or never come to, would otherwise hold up the next pick for good. Safe to run twice at
    once: what somebody is just taking is left alone.
    """
    now, done = now or timezone.now(), 0
    while done < MOST and (some := _expire_some(now)):
        done += some
    return done


@transaction.atomic
def _expire_some(now: datetime) -> int:
    # By queue and item type, in the shape that the index of due times answers.
    late = Assignment.objects.open().filter(
        purpose=Purpose.LEARN,
        due_at__lte=now,
        queue__in=list(Queue.objects.values_list("pk", flat=True)),
        item_type__in=list(ItemType.objects.values_list("pk", flat=True)),
    )
    free = late.exclude(leased_until__gt=now).select_related("item").order_by("due_at")
    seats = list(free.select_for_update(of=("self",), skip_locked=True)[:CHUNK])
    assignments.call_off(Assignment.objects.filter(pk__in=[seat.pk for seat in seats]), now=now)
    why = {"why": "nobody answered in time"}
    trail.record_all([trail.Entry("item.unasked", seat.item, why) for seat in seats], by=AUTHOR)
    return len(seats)
