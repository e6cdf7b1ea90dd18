"""Seats: ask for a look, claim one, keep it, give it back, close it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from audit import trail
from routing import counters, looks, offers
from routing.errors import SeatLost
from routing.models import Assignment, Item, Outcome, Prediction, Priority, Purpose, Queue
from routing.standing import CAP_WINDOW


@dataclass(frozen=True)
class Want:
    """A seat that is wanted: for which item, why, where it waits and how urgent it is.

    `meant_for` is the id of the one person who may be given it; None: anybody of the queue's group. `waited`
    is for how long it is to look as if it had waited already: when a test was opened must not tell it.
    """

    item: Item
    purpose: Purpose
    queue: Queue
    priority: int = Priority.NORMAL
    utility: float = 0.0
    blind: bool = False
    inclusion: float = 1.0
    meant_for: int | None = None
    waited: timedelta = timedelta()


# Nobody waits for these: they are due within their queue's timeout, and don't crowd out what people wait for.
PATIENT = (
    Purpose.AUDIT,
    Purpose.LEARN,
    Purpose.SEED,
    Purpose.VALIDATE,
    Purpose.SECOND,
)

# What a claim tells of who let the seat's lease run out.
LOOK = ("person", "item_id", "purpose", "claimed_at", "leased_until")

# Among how many of the most urgent a claim looks; further where others are just taking all of these.
WIDER = (4, 32, 256, 256)


def ask(wants: Sequence[Want], *, now: datetime | None = None) -> list[Assignment]:
    """Open the seats that are wanted, in one statement, and return them in the order given."""
    now = now or timezone.now()
    return Assignment.objects.bulk_create(
        Assignment(
            item=want.item,
            item_type_id=want.item.item_type_id,
            queue=want.queue,
            purpose=want.purpose,
            priority=want.priority,
            utility=want.utility,
            blind=want.blind,
            inclusion=want.inclusion,
            meant_for_id=want.meant_for,
            due_at=now - want.waited + _patience(want),
            created_at=now - want.waited,
        )
        for want in wants
    )


def _patience(want: Want) -> timedelta:
    if want.purpose in PATIENT:
        return timedelta(hours=want.queue.timeout_hours)
    return timedelta(minutes=want.queue.sla_minutes)


@counters.timed("hitl_claim_duration_seconds")
def claim(
    *,
    queue: str | None = None,
    item_type: str | None = None,
    without: Collection[int] = (),
    types: Collection[str] | None = None,
    by: AbstractBaseUser,
    now: datetime | None = None,
) -> Assignment | None:
    """Lease the seat that is most urgent for this person and return it, or None where none may be given.

    Overdue seats come first, then higher priority, then higher utility, then older. Nobody is given an item
    that they hold or have answered, one that asks for a skill they lack, a seat named in `without` (what they
    have skipped), or anything while they are paused or at their daily cap; `standing` says which it was. With
    `types`, short names, only seats of these item types are given. The assignment comes with item, type,
    queue and `suggestion` (model, label, confidence, probabilities of the judged prediction), two statements
    in all.
    """
    asked = _asked(by, now, queue=queue, item_type=item_type, without=without, types=types)
    for few in WIDER:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(offers.CLAIM, asked | {"few": few})
                taken, any_offered, *before = cursor.fetchone()
                if before[0] is not None:
                    row = dict(zip(LOOK, before, strict=True), assignment=taken)
                    looks.record([row], looks.LAPSED, now=asked["now"])
        except IntegrityError:
            continue  # the same person took two seats of one item in two tabs at once: one stays
        if taken or not any_offered:
            return with_item().get(pk=taken) if taken else None
    return None


def waits(
    *,
    queue: str | None = None,
    item_type: str | None = None,
    without: Collection[int] = (),
    by: AbstractBaseUser,
    now: datetime | None = None,
) -> bool:
    """Return whether a claim by this person would find a seat, without taking it."""
    with connection.cursor() as cursor:
        cursor.execute(offers.ANY, _asked(by, now, queue=queue, item_type=item_type, without=without))
        return cursor.fetchone()[0]


def front(
    *,
    queue: str | None = None,
    item_type: str | None = None,
    without: Collection[int] = (),
    types: Collection[str] | None = None,
    limit: int,
    by: AbstractBaseUser,
    now: datetime | None = None,
) -> list[Assignment]:
    """Return the first `limit` seats that claims by this person would give, in that order, taking none."""
    asked = _asked(by, now, queue=queue, item_type=item_type, without=without, types=types) | {
        "few": 2 * limit
    }
    with connection.cursor() as cursor:
        cursor.execute(offers.FRONT, asked | {"few": 2 * limit})
        ids = list(dict.fromkeys(seat for (seat,) in cursor.fetchall()))[:limit]
    found = with_item().in_bulk(ids)
    return [found[seat] for seat in ids if seat in found]


def count(*, by: AbstractBaseUser, limit: int, now: datetime | None = None) -> dict[int, tuple[int, int]]:
    """Return by queue how many seats this person may be given now, and how many of these are overdue.

    Of each queue at most `limit` are counted. Queues from which nothing may be given are left out.
    """
    asked = _asked(by, now) | {"limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(offers.COUNT, asked)
        return {queue: (int(free), int(late)) for queue, free, late in cursor.fetchall()}


def _asked(by: AbstractBaseUser, now: datetime | None, **wish: Any) -> dict[str, Any]:
    """Return what the statements of `offers` ask for; what the wish leaves out narrows nothing."""
    now = now or timezone.now()
    told = dict.fromkeys(("queue", "item_type", "types")) | wish
    told["without"] = list(wish.get("without", ()))
    return told | {"user": by.pk, "now": now, "since": now - CAP_WINDOW}


def with_item() -> QuerySet[Assignment]:
    """Return seats with item, type, policy and queue joined, and the judged prediction as `suggestion`."""
    judged = Prediction.objects.filter(item=OuterRef("item"), rank=0).values(
        data=JSONObject(model="model", label="label", confidence="confidence", probabilities="probabilities")
    )
    joined = ("item__item_type__subject_rights", "item__policy", "queue")
    return Assignment.objects.select_related(*joined).annotate(suggestion=Subquery(judged))


def current(user: AbstractBaseUser) -> Assignment | None:
    """Return the seat that this person claimed last, still holds and may still answer, or None."""
    held = with_item().held_by(user, timezone.now()).filter(_served(user))
    return held.order_by("-claimed_at").first()


def renew(assignment_id: int, *, by: AbstractBaseUser) -> datetime:
    """Extend the lease by the queue's lease time and return its end.

    Raises SeatLost where it ran out or was taken, or where its holder has left the queue's group.
    """
    now = timezone.now()
    held = Assignment.objects.held_by(by, now).filter(_served(by))
    seat = held.select_related("queue").filter(pk=assignment_id).first()
    if seat is None:
        raise SeatLost
    until = now + timedelta(minutes=seat.queue.lease_minutes)
    if not Assignment.objects.held_by(by, now).filter(pk=assignment_id).update(leased_until=until):
        raise SeatLost
    return until


@transaction.atomic
def release(assignment_id: int, *, by: AbstractBaseUser, lease: datetime | None = None) -> None:
    """Give the seat back so that anybody may claim it at once; raises SeatLost.

    With `lease`, only while the lease still ends at that moment: a page that closes late must not give back
    what the same person has opened again meanwhile.
    """
    now = timezone.now()
    held = Assignment.objects.held_by(by, now).filter(pk=assignment_id)
    if lease is not None:
        held = held.filter(leased_until=lease)
    rows = looks.held(held)
    if not rows:
        raise SeatLost
    held.update(user=None, claimed_at=None, leased_until=None)
    looks.record(rows, looks.GIVEN_BACK, now=now)


@transaction.atomic
def free(assignment_ids: Iterable[int], *, by: AbstractBaseUser) -> int:
    """Take held seats back from their holders, so that others may claim them; return how many."""
    now = timezone.now()
    held = list(
        Assignment.objects.open()
        .filter(pk__in=list(assignment_ids), leased_until__gt=now)
        .select_related("item", "user")
        .select_for_update(of=("self",))
    )
    Assignment.objects.filter(pk__in=[seat.pk for seat in held]).update(
        user=None, claimed_at=None, leased_until=None
    )
    entries = [
        trail.Entry(
            "assignment.freed",
            seat.item,
            {
                "assignment": seat.pk,
                "purpose": seat.purpose,
                "held_by": seat.user.get_username(),
                "claimed_at": seat.claimed_at,
            },
        )
        for seat in held
    ]
    trail.record_all(entries, by=by)
    return len(held)


def close(seat: Assignment, outcome: Outcome, *, by: AbstractBaseUser, now: datetime) -> None:
    """Close a held seat with its holder's act.

    Raises SeatLost where the lease ran out or was taken, or where its holder has left the queue's group.
    """
    held = Assignment.objects.held_by(by, now).filter(_served(by), pk=seat.pk)
    if not held.update(closed_at=now, outcome=outcome):
        raise SeatLost
    seat.closed_at, seat.outcome = now, outcome


def withdraw(item_ids: Iterable[UUID], purposes: Iterable[Purpose], *, now: datetime) -> int:
    """Close the open seats of items that need no such look any more; return how many there were."""
    return call_off(Assignment.objects.filter(item__in=list(item_ids), purpose__in=list(purposes)), now=now)


@transaction.atomic
def call_off(seats: QuerySet[Assignment], *, now: datetime) -> int:
    """Close those of the seats that are open, unanswered; return how many there were."""
    idle = seats.filter(closed_at__isnull=True)
    looks.record(looks.held(idle), looks.CALLED_OFF, now=now)
    # Whoever held one has not answered, and may be given another seat of this item.
    return idle.update(
        closed_at=now, outcome=Outcome.WITHDRAWN, user=None, claimed_at=None, leased_until=None
    )


def reprioritise(utilities: Mapping[UUID, float]) -> int:
    """Order the free seats of these items by expected utility, in one statement; return how many moved."""
    if not utilities:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE routing_assignment a SET utility = u.utility "
            "FROM unnest(%s::uuid[], %s::float8[]) AS u (item_id, utility) "
            "WHERE a.item_id = u.item_id AND a.closed_at IS NULL",
            [list(utilities), list(utilities.values())],
        )
        return cursor.rowcount


def _served(user: AbstractBaseUser) -> Exists:
    """A seat whose queue serves a group of this person: who has left the group can't answer any more."""
    return Exists(Queue.objects.filter(pk=OuterRef("queue"), group__user=user))
