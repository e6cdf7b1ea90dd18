"""Wrong answers hidden among the checks, to measure how many of a model's errors people find.

A seed is a check of an item whose answer is known and on which the model is known to be wrong. It looks like
any other check. Its answer changes nothing about the item; whether it found the error is kept on the seat.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from audit import trail
from routing import assignments, staff
from routing.alone import alone
from routing.assignments import Want
from routing.certificates.outcomes import could
from routing.draws import draw
from routing.judging import ROUTER
from routing.models import Action, Assignment, Item, ItemType, Outcome, Prediction, Priority, Purpose, Status
from routing.truth import was_right

SEEDER = "system:seeder"
LOCK = 0x73656564  # this and the item type's id: one at a time plants its seeds
WINDOW = timedelta(days=30)  # over which the share of seeds among the checks is kept
LOOK_BACK = timedelta(days=90)
NEWEST = 2_000  # decided items among which seeds are looked for
MOST = 50  # seeds a run
BETWEEN_RUNS = timedelta(minutes=10)


@dataclass(frozen=True)
class Seed:
    """An item on which the model is known to be wrong, by whose word, and how often it was a seed before.

    `known` is "expert", "overturned" or "opinions" (two or more people agree), else "person".
    """

    item: Item
    known: str
    used: int


@transaction.atomic
def plant(item_type: ItemType, *, now: datetime | None = None) -> list[Assignment]:
    """Open as many seats at known errors as the checks of the last 30 days ask for, and return them.

    There are never more than the item type's `seeded_share` of these checks. Safe to run twice at once: the
    second plants nothing.
    """
    now = now or timezone.now()
    if item_type.target_alpha is None or not item_type.seeded_share or not alone(LOCK, item_type.pk):
        return []
    wanted = min(_owed(item_type, now), MOST)
    chosen = _chosen(item_type, now)[:wanted] if wanted > 0 else []
    wants = [
        Want(seed.item, Purpose.SEED, item_type.queue, Priority.LOW, blind=True, waited=_waited(seed, now))
        for seed in chosen
    ]
    seats = assignments.ask(wants, now=now)
    # Told of the seat, not of the item: whoever reads an item's trail must not see that it is a seed now.
    told = [
        trail.Entry("seed.planted", seat, {"item": str(seat.item_id), "known": seed.known, "used": seed.used})
        for seat, seed in zip(seats, chosen, strict=True)
    ]
    trail.record_all(told, by=SEEDER)
    return seats


def _waited(seed: Seed, now: datetime) -> timedelta:
    # Checks come one by one with the items that they check, never many at the stroke of a clock.
    return draw(settings.HITL_DRAW_KEY, "waited", str(seed.item.pk), now.isoformat()) * BETWEEN_RUNS


def _owed(item_type: ItemType, now: datetime) -> int:
    """Return how many seeds are missing for the checks drawn in the window; negative: there are too many."""
    drawn = Assignment.objects.filter(
        item_type=item_type, purpose__in=[Purpose.AUDIT, Purpose.SEED], created_at__gt=now - WINDOW
    ).aggregate(
        audits=Count("id", filter=Q(purpose=Purpose.AUDIT)), seeds=Count("id", filter=Q(purpose=Purpose.SEED))
    )
    # A share such as 0.07 of 100 must not become 6 by the last bit of a product.
    return int(drawn["audits"] * item_type.seeded_share + 1e-9) - drawn["seeds"]


def _chosen(item_type: ItemType, now: datetime) -> list[Seed]:
    """Return all possible seeds in the order in which they are to be used: fresh ones, best known first."""
    people = staff.people(item_type, item_type.queue)
    found = [seed for item in _decided(item_type, now) for seed in _seeds(item, item_type, people)]
    return sorted(found, key=_turn)


def _turn(seed: Seed) -> tuple[int, bool, float]:
    parts = ("seed", seed.item.item_type.slug, seed.item.item_ref, str(seed.used))
    return seed.used, seed.known == "person", draw(settings.HITL_DRAW_KEY, *parts)


def _decided(item_type: ItemType, now: datetime) -> list[Item]:
    """Return the items that people approved of late, each with `said` by the model and its `looks`."""
    said = Prediction.objects.filter(item=OuterRef("pk"), rank=0).values(data=JSONObject(label="label"))
    looks = Assignment.objects.filter(item=OuterRef("pk")).values(
        data=JSONObject(purpose="purpose", outcome="outcome", user="user_id")
    )
    by_people = Item.objects.filter(
        item_type=item_type,
        status=Status.APPROVED,
        label__isnull=False,
        decided_at__gt=now - LOOK_BACK,
        erased_at__isnull=True,
    ).exclude(decided_by=ROUTER)
    newest = by_people.annotate(said=Subquery(said), looks=ArraySubquery(looks)).order_by("-decided_at")
    return list(newest.select_related("item_type").defer("payload", "context", "shadow")[:NEWEST])


def _seeds(item: Item, item_type: ItemType, people: Collection[int]) -> Iterator[Seed]:
    """Yield the item as a seed, where the model is wrong and somebody is left who has not seen it."""
    if any(look["outcome"] is None for look in item.looks):
        return  # its answer is in doubt, or it is a seed already
    if people <= {look["user"] for look in item.looks}:
        return
    # What no threshold automates is no error that a check could meet.
    if could(item.reasons) and item.said and _wrong(item, item_type):
        used = sum(look["purpose"] == Purpose.SEED for look in item.looks)
        yield Seed(item, _known(item), used)


def _wrong(item: Item, item_type: ItemType) -> bool:
    return not was_right(item.said["label"], item.label, None, item_type.spec, approved=True)


def _known(item: Item) -> str:
    """Return by whose word the item's answer is known."""
    answered = [look["purpose"] for look in item.looks if look["outcome"] == Outcome.ANSWERED]
    if Purpose.EXPERT in answered:
        return "expert"
    if item.action == Action.AUTO_APPROVE:
        return "overturned"
    return "opinions" if _opinions(answered) > 1 else "person"


def _opinions(answered: Collection[str]) -> int:
    return sum(purpose in (Purpose.REVIEW, Purpose.OVERLAP) for purpose in answered)
