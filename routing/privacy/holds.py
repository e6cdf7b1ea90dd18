"""Orders to keep: while one stands, nothing that it covers is erased."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from audit import trail
from audit.trail import Actor, Entry, actor_name
from routing.errors import HitlError
from routing.models import Item, ItemType, LegalHold
from routing.privacy import people

ADVISORY_LOCK = 0x401D


class HoldLifted(HitlError):
    """This hold was lifted before. Nothing was changed."""

    code = "hold_lifted"
    status = 409


class LegallyHeld(HitlError):
    """A legal hold stands on this. Nothing was erased."""

    code = "legally_held"
    status = 409


def one_at_a_time() -> None:
    """Let no hold be placed while something is erased, and nothing be erased while one is placed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])


@transaction.atomic
def place(
    *, item_type: ItemType | None = None, item: Item | None = None, about: str = "", why: str, by: Actor
) -> LegalHold:
    """Keep from now on all items of a type, one item, or what is about one person; exactly one is given."""
    one_at_a_time()
    hold = LegalHold.objects.create(
        item_type=item_type, item=item, about=about, why=why, placed_by=actor_name(by)
    )
    trail.record_all([Entry("hold.placed", hold, {"covers": covers(hold), "why": why})], by=by)
    return hold


@transaction.atomic
def lift(hold_id: int, *, why: str, by: Actor) -> LegalHold:
    """End a hold: what it covered may be erased again. Raises LegalHold.DoesNotExist and HoldLifted."""
    one_at_a_time()
    hold = LegalHold.objects.get(pk=hold_id)
    if hold.lifted_at:
        raise HoldLifted
    hold.lifted_at, hold.lifted_by, hold.lifted_because = timezone.now(), actor_name(by), why
    hold.save(update_fields=["lifted_at", "lifted_by", "lifted_because"])
    told = {"covers": covers(hold), "why": why, "placed_by": hold.placed_by}
    trail.record_all([Entry("hold.lifted", hold, told)], by=by)
    return hold


def covers(hold: LegalHold) -> dict[str, Any]:
    """Return what a hold covers as the trail names it: a person by fingerprint alone."""
    if hold.item_id:
        return {"item": str(hold.item_id)}
    if hold.item_type_id:
        return {"item_type": hold.item_type.slug}
    # A lifted hold of an erased person holds the fingerprint alone.
    return {"person": people.fingerprint(hold.about)}


def in_force() -> QuerySet[LegalHold]:
    """Return the holds that stand."""
    return LegalHold.objects.filter(lifted_at__isnull=True)


def on(item: Item) -> list[LegalHold]:
    """Return the holds that stand on an item, newest first."""
    covered = Q(item=item) | Q(item_type=item.item_type_id)
    if item.about:
        covered |= Q(about=item.about)
    return list(in_force().filter(covered))


def held() -> Exists:
    """Return the condition that a hold stands on an item, for a query of items."""
    person = Q(about=OuterRef("about")) & ~Q(about="")
    return Exists(in_force().filter(Q(item=OuterRef("pk")) | Q(item_type=OuterRef("item_type")) | person))


def forget_person(person: str) -> None:
    """Replace the name of an erased person by its fingerprint in the holds that were lifted."""
    lifted = LegalHold.objects.filter(about=person, lifted_at__isnull=False)
    lifted.update(about=people.fingerprint(person))
