"""The second look: another person answers an item again whose label a check finds doubtful."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from audit import bulk, trail
from audit.uuid7 import earliest
from labeling.models import Flag, Label, Review
from labeling.quality.checking import CHECKER
from routing import assignments, decisions, staff
from routing.assignments import Want
from routing.draws import draw
from routing.kinds import KINDS
from routing.models import (
    DECIDED,
    EXPERTS,
    Assignment,
    Item,
    ItemType,
    Priority,
    Purpose,
    Queue,
    Status,
)

WINDOW = timedelta(days=30)
MOST_SHARE = 0.05  # second looks for each label of the last 30 days: more would crowd out other work
AT_LEAST = 10  # second looks in 30 days, however few labels there are
COUNTED = 100_000  # labels
HEAVY = ("item__payload", "item__context", "item__reasons", "item__shadow")
BETWEEN_RUNS = timedelta(minutes=2)  # of the task that asks
A_RUN = 200  # flags of one type that one run looks at, the most doubtful first


def flagged() -> list[ItemType]:
    """Return the item types with flags that nobody is asked about yet."""
    waiting = Flag.objects.filter(item_type=OuterRef("pk"), settled_at__isnull=True, seat__isnull=True)
    return list(ItemType.objects.filter(Exists(waiting)).select_related("queue", "expert_queue"))


@transaction.atomic
def ask(item_type: ItemType, *, now: datetime | None = None) -> list[Assignment]:
    """Open second looks at doubtful labels, and return the seats; settle flags that need none any more.

    Never more than MOST_SHARE of the labels of the last 30 days. What waits for somebody anyway is left until
    it is decided. Where everybody has looked already the flag stays for a lead. Safe to run twice at once.
    """
    now = now or timezone.now()
    flags = _waiting(item_type)
    answers = _answers([flag.item_id for flag in flags])
    found: dict[Flag.Outcome | None, list[Flag]] = {}
    for flag in flags:
        found.setdefault(_settled(flag, answers.get(flag.item_id, ())), []).append(flag)
    left = found.pop(None, [])
    for outcome, settled in found.items():
        _close(settled, outcome, by=CHECKER, now=now)
    return _open(item_type, left, now=now) if left and item_type.second_looks else []


def _waiting(item_type: ItemType) -> list[Flag]:
    """Return flags without a second look on items that wait for nobody, locked together with these."""
    quiet = Q(item__status__in=[*DECIDED, Status.POOLED]) | Q(label__superseded_at__isnull=False)
    flags = Flag.objects.filter(quiet, item_type=item_type, settled_at__isnull=True, seat__isnull=True)
    locked = flags.select_for_update(of=("self", "item"), skip_locked=True)
    found = locked.select_related("label", "item__item_type").defer(*HEAVY)
    return list(found.order_by("-score", "id")[:A_RUN])


def _answers(items: Iterable[UUID]) -> dict[UUID, list[Label]]:
    """Return the answers in force to each item, those left out that test a person."""
    rows = Label.objects.in_force().filter(item__in=set(items))
    found: dict[UUID, list[Label]] = {}
    for row in rows.order_by("id"):
        found.setdefault(row.item_id, []).append(row)
    return found


def _settled(flag: Flag, answers: Collection[Label]) -> Flag.Outcome | None:
    """Return what has become of a flag without a second look; None: one is needed."""
    label, item = flag.label, flag.item
    if label.superseded_at or (item.status in DECIDED and not _stands(label, item)):
        return Flag.Outcome.CHANGED
    others = [one for one in answers if one.user_id != label.user_id]
    agree = any(_agree(item, one.label, label.label) for one in others)
    return Flag.Outcome.CONFIRMED if agree else None


def _stands(label: Label, item: Item) -> bool:
    """Whether the item's decision is what the label says."""
    return item.status == Status.APPROVED and _agree(item, label.label, item.label)


def _open(item_type: ItemType, flags: Sequence[Flag], *, now: datetime) -> list[Assignment]:
    """Ask for one second look at each item, the most doubtful first, as far as there is room."""
    wants: dict[UUID, Want] = {}
    seen = _seen([flag.item_id for flag in flags])
    able = {queue: staff.people(item_type, queue) for queue in (item_type.queue, item_type.expert_queue)}
    room = _room(item_type, now)
    for flag in flags:
        if len(wants) < room and flag.item_id not in wants:
            queue = _queue(flag, item_type, able, seen.get(flag.item_id, set()))
            if queue:
                wants[flag.item_id] = _want(flag, queue, now)
    seats = assignments.ask(list(wants.values()), now=now)
    asked = dict(zip(wants, seats, strict=True))
    theirs = [flag for flag in flags if flag.item_id in asked]
    for flag in theirs:
        flag.seat = asked[flag.item_id]
    bulk.update(theirs, ["seat"])
    told = [trail.Entry("flag.looked_at_again", flag, {"assignment": flag.seat_id}) for flag in theirs]
    trail.record_all(told, by=CHECKER)
    return seats


def _want(flag: Flag, queue: Queue, now: datetime) -> Want:
    # Checks come one by one with the items that they check, never many at the stroke of a clock.
    chance = draw(settings.HITL_DRAW_KEY, "second", str(flag.pk), now.isoformat())
    return Want(
        flag.item,
        Purpose.SECOND,
        queue,
        Priority.LOW,
        blind=True,
        # As the flagged label was: what it stands for in estimates must not change with its second look.
        inclusion=flag.label.inclusion,
        waited=chance * BETWEEN_RUNS,
    )


def _queue(flag: Flag, item_type: ItemType, able: dict[Queue, set[int]], seen: set[int]) -> Queue | None:
    """Return where somebody is left who has not looked: experts where an expert is doubted."""
    usual, expert = item_type.queue, item_type.expert_queue
    for queue in (expert,) if flag.label.source in EXPERTS else (usual, expert):
        if able[queue] - seen - {flag.label.user_id}:
            return queue
    return None


def _seen(items: Sequence[UUID]) -> dict[UUID, set[int]]:
    """Return who has looked at each item, or is about to."""
    found: dict[UUID, set[int]] = {}
    looks = Assignment.objects.filter(item__in=items, user__isnull=False)
    for item, user in looks.values_list("item_id", "user_id"):
        found.setdefault(item, set()).add(user)
    return found


def _room(item_type: ItemType, now: datetime) -> int:
    since = now - WINDOW
    labels = Label.objects.filter(item_type=item_type, id__gte=earliest(since))[:COUNTED].count()
    asked = Flag.objects.filter(item_type=item_type, seat__isnull=False, seat__created_at__gte=since)
    return max(int(labels * MOST_SHARE), AT_LEAST) - asked.values("seat").distinct().count()


def settle(item: Item, seat: Assignment, review: Review, *, by: AbstractBaseUser, now: datetime) -> None:
    """Close the flags behind a second look, whose item is locked; where it differs an expert is asked.

    Where no expert is left who has not looked, an expert's second look counts at once. An answer that its
    author corrects settles the flags anew.
    """
    flags = Flag.objects.filter(seat=seat).exclude(outcome=Flag.Outcome.DISMISSED)
    same, otherwise = [], []
    for flag in flags.select_related("label"):
        (same if _agree(item, review.label, flag.label.label) else otherwise).append(flag)
    _close(same, Flag.Outcome.CONFIRMED, by=by, now=now)
    _close(otherwise, Flag.Outcome.CHANGED, by=by, now=now)
    if otherwise and not _known(item, review):
        _differ(item, seat, review, by=by, now=now)


def _agree(item: Item, said: Any, other: Any) -> bool:
    """Whether a second look says what another label says; a refusal says nothing."""
    return said is not None and KINDS[item.item_type.kind].agree(said, other, item.item_type.spec)


def _known(item: Item, review: Review) -> bool:
    """Whether nobody need be asked: the item's answer is the second look's by now, or somebody is asked."""
    if item.status == Status.APPROVED and _agree(item, review.label, item.label):
        return True
    waits = item.status not in (*DECIDED, Status.POOLED)
    return waits or Assignment.objects.open().filter(item=item, purpose=Purpose.EXPERT).exists()


def _differ(item: Item, seat: Assignment, review: Review, *, by: AbstractBaseUser, now: datetime) -> None:
    why, experts = "a second look came to another answer", item.item_type.expert_queue
    left = staff.people(item.item_type, experts) - _seen([item.pk])[item.pk]
    if seat.queue_id != experts.pk or left or review.action == Review.Action.ESCALATE:
        decisions.question(item, why=why, now=now, by=by)
    elif item.status in DECIDED:
        status = Status.APPROVED if review.label is not None else Status.REJECTED
        decisions.overturn(item, status, review.label, why=why, now=now, by=by)


@transaction.atomic
def dismiss(flag_ids: Iterable[int], *, reason: str, by: AbstractBaseUser) -> int:
    """Close open flags because a lead found nothing wrong, and return how many; says why in the trail.

    A second look that nobody has begun and no other flag needs is called off.
    """
    now = timezone.now()
    open_flags = Flag.objects.filter(pk__in=list(flag_ids), settled_at__isnull=True)
    # Items first, as whoever answers does: else the two could wait for each other.
    items = Item.objects.filter(pk__in=open_flags.values("item")).order_by("pk").select_for_update()
    list(items.values_list("pk"))
    flags = list(open_flags.select_for_update())
    _close(flags, Flag.Outcome.DISMISSED, reason=reason, by=by, now=now)
    needed = Flag.objects.filter(settled_at__isnull=True, seat__isnull=False).values("seat")
    idle = Assignment.objects.filter(pk__in=[flag.seat_id for flag in flags if flag.seat_id])
    assignments.call_off(idle.exclude(pk__in=needed).exclude(leased_until__gt=now), now=now)
    return len(flags)


def _close(
    flags: Sequence[Flag],
    outcome: Flag.Outcome,
    *,
    by: AbstractBaseUser | str,
    now: datetime,
    reason: str = "",
) -> None:
    Flag.objects.filter(pk__in=[flag.pk for flag in flags]).update(
        outcome=outcome, settled_at=now, reason=reason
    )
    data = {"outcome": outcome} | ({"why": reason} if reason else {})
    trail.record_all([trail.Entry("flag.settled", flag, data) for flag in flags], by=by)
