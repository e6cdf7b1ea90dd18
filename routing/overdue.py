"""What nobody answered within a queue's timeout: looks go to an expert, what experts left becomes urgent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from audit import trail
from routing import decisions
from routing.models import Assignment, Item, Priority, Purpose, Queue, Status

BY = "system:overdue"
CHUNK = 500
DECISIVE = (Purpose.EXPERT, Purpose.APPEAL)
LOOKS = (Purpose.REVIEW, Purpose.OVERLAP)  # audits and picks of learning have time: nobody waits for them


def escalate(*, most: int, now: datetime | None = None) -> int:
    """Escalate what is past the timeout of its queue, up to about `most` items a queue; return how many.

    An item goes to an expert when one of its looks has waited that long and nobody holds it at this moment.
    An expert's seat, a dispute's too, becomes urgent, and its delay is recorded once. Safe to run twice at
    once: each run locks the items it takes and skips those that others have locked, and no seat is touched
    that somebody takes.
    """
    now = now or timezone.now()
    done = 0
    for queue in Queue.objects.all():
        for act in (_escalate_looks, _raise_experts):
            done += _in_chunks(act, queue, most=most, now=now)
    return done


def _in_chunks(act: Callable[[Queue, datetime], int], queue: Queue, *, most: int, now: datetime) -> int:
    done = 0
    while done < most and (some := act(queue, now)):
        done += some
    return done


def _late(queue: Queue, now: datetime) -> QuerySet[Assignment]:
    """Return the queue's open seats past its timeout that were not noticed yet, in the index's order."""
    since = now - timedelta(hours=queue.timeout_hours)
    return (
        Assignment.objects.open()
        .filter(queue=queue, created_at__lte=since, overdue_at__isnull=True)
        .order_by("created_at")
    )


@transaction.atomic
def _escalate_looks(queue: Queue, now: datetime) -> int:
    held = Assignment.objects.open().filter(item=OuterRef("item"), leased_until__gt=now)
    late = _late(queue, now).filter(~Exists(held), purpose__in=LOOKS, item__status=Status.PENDING_HUMAN)
    items = _locked(late, Status.PENDING_HUMAN)
    busy = _in_use(items, now)
    left = [item for item in items.values() if item.pk not in busy]
    if left:
        why = f"nobody answered within {queue.timeout_hours} hours"
        decisions.escalate_locked(left, why=why, now=now, by=BY)
    return len(left)


def _locked(late: QuerySet[Assignment], *statuses: Status) -> dict[UUID, Item]:
    """Return up to CHUNK items of these seats, locked; what others have locked is left to them."""
    wanted = list(late.values_list("item_id", flat=True)[:CHUNK])
    rows = Item.objects.select_related("policy", "item_type__expert_queue").filter(pk__in=wanted)
    if statuses:
        rows = rows.filter(status__in=statuses)
    return {item.pk: item for item in rows.order_by("pk").select_for_update(of=("self",), skip_locked=True)}


def _in_use(items: dict[UUID, Item], now: datetime) -> set[UUID]:
    """Return the items with a look that somebody holds or is taking now; all other open looks are locked."""
    looks = Assignment.objects.open().filter(item__in=items, purpose__in=decisions.LOOKS)
    ours = list(looks.select_for_update(skip_locked=True))
    taken = looks.exclude(pk__in=[seat.pk for seat in ours]).values_list("item_id", flat=True)
    return {seat.item_id for seat in ours if seat.leased_until and seat.leased_until > now} | set(taken)


@transaction.atomic
def _raise_experts(queue: Queue, now: datetime) -> int:
    items = _locked(_late(queue, now).filter(purpose__in=DECISIVE))
    seats = list(
        _late(queue, now).filter(item__in=items, purpose__in=DECISIVE).select_for_update(skip_locked=True)
    )
    mine = Assignment.objects.filter(pk__in=[seat.pk for seat in seats])
    mine.update(priority=Priority.URGENT, overdue_at=now)
    Item.objects.filter(pk__in={seat.item_id for seat in seats}).update(priority=Priority.URGENT)
    told = {"queue": queue.slug, "timeout_hours": queue.timeout_hours}
    entries = [
        trail.Entry("item.overdue", items[seat.item_id], told | {"waits_since": seat.created_at})
        for seat in seats
    ]
    trail.record_all(entries, by=BY)
    return len(seats)
