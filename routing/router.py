"""Take items in and send each on its way: approved at once, to people, or to an expert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from audit import bulk, trail
from audit.trail import Actor, actor_name
from routing import assignments, personal, policies, predictor, teams, telling
from routing.draws import draw
from routing.errors import PredictionFailed, UnknownItemType
from routing.judging import ROUTE_FIELDS, ROUTER, judge, note, route, store_consequences, store_predictions
from routing.models import Assignment, Item, ItemType, Purpose, Status
from routing.policy import Opinion
from routing.privacy import fields


@dataclass(frozen=True)
class Entry:
    """One thing to be decided, as its client sent it and the kind has cleaned it."""

    item_ref: str
    payload: dict[str, Any]
    context: dict[str, Any] = field(default_factory=dict)
    opinions: tuple[Opinion, ...] = ()
    callback_url: str = ""
    pool: bool = False


@dataclass(frozen=True)
class Submitted:
    """An item after `submit`, and whether it was known before."""

    item: Item
    duplicate: bool


def submit(item_type: str | ItemType, entries: Sequence[Entry], *, by: Actor) -> list[Submitted]:
    """Take in, judge and store the entries, all or none, and return their items in the order given.

    The type is given by its slug, or as `find_type` returns it: then it is not read again.
    An `item_ref` that is known is answered with the stored item and changes nothing. However many entries,
    the number of statements is the same. Raises UnknownItemType and NoPolicy.
    """
    for attempt in range(3):
        try:
            with transaction.atomic():
                return _submit(item_type, entries, by=by)
        except IntegrityError:
            # Somebody else stored one of the references meanwhile: the next round finds it known.
            if attempt == 2:
                raise
    return []


def find_type(slug: str, *, caller: Any = None) -> ItemType:
    """Return the item type with its queues; raises UnknownItemType, also where the caller may not see it.

    The caller is a request; None: whoever runs this on the server.
    """
    found = known_types(caller).filter(slug=slug).first()
    if found is None:
        raise UnknownItemType(f"There is no item type {slug!r}.", attr="item_type")
    return found


def known_types(caller: Any = None) -> QuerySet[ItemType]:
    """Return the item types that a caller may see with all that intake asks of them, in one statement."""
    types = ItemType.objects.select_related("queue", "expert_queue", "subject_rights")
    return predictor.with_standing(types if caller is None else teams.visible(types, caller))


def _submit(named: str | ItemType, entries: Sequence[Entry], *, by: Actor) -> list[Submitted]:
    item_type = find_type(named) if isinstance(named, str) else named
    policy = policies.latest(item_type)
    refs = [entry.item_ref for entry in entries]
    known = {
        item.item_ref: item
        for item in Item.objects.select_related("policy").filter(item_type=item_type, item_ref__in=refs)
    }
    fresh: dict[str, Entry] = {}
    for entry in entries:
        if entry.item_ref not in known:
            fresh.setdefault(entry.item_ref, entry)
    now = timezone.now()
    items = {ref: _new_item(item_type, entry, now=now, by=by) for ref, entry in fresh.items()}
    judged = judge(
        item_type,
        policy,
        [(items[ref], entry.opinions) for ref, entry in fresh.items() if not entry.pool],
        now=now,
    )
    pooled = [(items[ref], entry.opinions) for ref, entry in fresh.items() if entry.pool and entry.opinions]
    for item, opinions in pooled:
        note(item, opinions[0])
    bulk.insert_objects(sorted(items.values(), key=lambda item: item.item_ref))
    store_consequences(item_type, judged, now=now)
    if pooled:
        store_predictions(pooled, now=now)
    said = {one.item.pk: one.opinions for one in judged} | {item.pk: opinions for item, opinions in pooled}
    trail.record_all([_arrival(item, said.get(item.pk, ())) for item in items.values()], by=by)
    unseen = set(items)
    submitted = []
    for ref in refs:
        submitted.append(Submitted(items.get(ref) or known[ref], duplicate=ref not in unseen))
        unseen.discard(ref)
    return submitted


def _new_item(item_type: ItemType, entry: Entry, *, now: datetime, by: Actor) -> Item:
    key, slug = settings.HITL_DRAW_KEY, item_type.slug
    found = personal.rights(item_type)
    return Item(
        item_type=item_type,
        item_ref=entry.item_ref,
        payload=entry.payload,
        context=entry.context,
        callback_url=entry.callback_url,
        about=fields.person(found.subject_path, entry.payload, entry.context) if found else "",
        status=Status.POOLED if entry.pool else Status.PENDING_AI,
        audit_draw=draw(key, "audit", slug, entry.item_ref),
        held_out=draw(key, "held-out", slug, entry.item_ref) < item_type.held_out_share,
        created_at=now,
        created_by=actor_name(by),
    )


def _arrival(item: Item, said: tuple[Opinion, ...]) -> trail.Entry:
    named = {"item_type": item.item_type.slug, "item_ref": item.item_ref, "content": telling.content(item)}
    return telling.entry("item.submitted", item, named | route(item, said))


def waiting(item_type: ItemType) -> QuerySet[Item]:
    """Return the items that wait for a model, without those that a person holds at this moment."""
    held = Assignment.objects.open().filter(item=OuterRef("pk"), leased_until__gt=timezone.now())
    return Item.objects.filter(~Exists(held), item_type=item_type, status=Status.PENDING_AI).order_by("id")


@transaction.atomic
def judge_pending(
    item_type: ItemType,
    *,
    limit: int = 500,
    told: Mapping[UUID, tuple[Opinion, ...] | PredictionFailed] | None = None,
) -> int:
    """Judge up to `limit` items that waited for a model, and return how many there were.

    With `told` they are those items, and what models elsewhere said of each or why they could not. Items that
    a person holds at this moment are left to that person. Safe to run twice at once: each run locks what it
    takes and skips what others have taken.
    """
    policy = policies.latest(item_type)
    now = timezone.now()
    rows = waiting(item_type) if told is None else waiting(item_type).filter(pk__in=told)
    taken = list(rows.select_for_update(skip_locked=True)[:limit])
    for item in taken:
        item.item_type = item_type
    said = told or {}
    failed = {pk: why for pk, why in said.items() if isinstance(why, PredictionFailed)}
    pairs = [(item, () if item.pk in failed else said.get(item.pk, ())) for item in taken]
    judged = judge(item_type, policy, pairs, now=now, failed=failed)
    items = [one.item for one in judged]
    bulk.update(items, ROUTE_FIELDS)
    # What was asked for while no model could answer is replaced by what the route now asks for.
    assignments.withdraw([item.pk for item in items if not item.decided_at], [Purpose.LEARN], now=now)
    store_consequences(item_type, judged, now=now)
    trail.record_all(
        [telling.entry("item.judged", one.item, route(one.item, one.opinions)) for one in judged], by=ROUTER
    )
    return len(judged)
