"""What people answered before: noted by a task, found again by what an item looks like."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from labeling.alike.remembered import MOST, Memory
from labeling.alike.sketches import sketch
from labeling.models import Precedent
from routing.alone import alone
from routing.kinds import KINDS
from routing.models import HIDDEN, Item, ItemType

A_RUN = 2_000  # items of one type that one run of the task looks at
CHUNK = 100  # payloads in memory at once; one may hold an image of some megabytes
LOCK = 0x70726563  # this and the item type's id: one at a time writes its precedents

# Only the newest MOST are ever searched, so that only the newest labels matter, and the cost stays flat.
_MISSING = """
    SELECT newest.item_id FROM (
        SELECT id, item_id FROM labels
        WHERE item_type = %(slug)s AND item_id IS NOT NULL AND label IS NOT NULL AND superseded_at IS NULL
        AND source <> ALL(%(hidden)s)
        ORDER BY id DESC LIMIT %(most)s
    ) newest
    WHERE NOT EXISTS (SELECT FROM labeling_precedent known WHERE known.item_id = newest.item_id)
    AND EXISTS (SELECT FROM routing_item item WHERE item.id = newest.item_id AND item.erased_at IS NULL)
    GROUP BY newest.item_id ORDER BY max(newest.id::text) LIMIT %(run)s
"""


@dataclass(frozen=True)
class Near:
    """An answered item that looks alike, and the cosine of the two sketches."""

    item_id: UUID
    score: float


def nearest(
    item_type: ItemType, payload: dict[str, Any], count: int, *, without: Collection[UUID] = ()
) -> list[Near]:
    """Return up to `count` answered items of the type that look most like a cleaned payload, best first.

    They are among the newest MOST that people have answered, held-out ones included; nothing where the
    payload has neither text nor image nor features. One statement, however much has been answered.
    """
    looks = sketch(payload, KINDS[item_type.kind].gist(payload))
    if looks is None:
        return []
    return [Near(*one) for one in _memory.nearest(item_type.pk, looks, count, without)]


def note(item_type: ItemType) -> int:
    """Write precedents of what people have answered since, forget the oldest, and return how many.

    Safe to run twice at once: while one writes the other leaves it to that.
    """
    missing, noted = _missing(item_type), 0
    for start in range(0, len(missing), CHUNK):
        noted += _write(item_type, missing[start : start + CHUNK])
    if noted:
        _forget(item_type)
    return noted


def _missing(item_type: ItemType) -> list[UUID]:
    wanted = {"slug": item_type.slug, "hidden": list(HIDDEN), "most": MOST, "run": A_RUN}
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, wanted)
        return [item for (item,) in cursor.fetchall()]


@transaction.atomic
def _write(item_type: ItemType, missing: Sequence[UUID]) -> int:
    """Write the precedents of these items and return how many; none while another process writes others.

    One at a time, and the time is the database's own: so what is written later is later by its time too, and
    who has read up to a time need not read again what came before it.
    """
    if not alone(LOCK, item_type.pk):
        return 0
    payloads = dict(Item.objects.filter(pk__in=missing).values_list("pk", "payload"))
    rows = [
        Precedent(
            item_id=item,
            item_type=item_type,
            sketch=_sketched(item_type, payloads[item]),
            created_at=Now(),
        )
        for item in missing
    ]
    Precedent.objects.bulk_create(rows, ignore_conflicts=True)
    # An item that was just being erased made the insert wait, and its payload was read before.
    Precedent.objects.filter(item__in=missing, item__erased_at__isnull=False).delete()
    return len(rows)


def _sketched(item_type: ItemType, payload: dict[str, Any]) -> bytes:
    """Return the sketch; nothing where there is nothing to look at, so that it isn't tried again."""
    looks = sketch(payload, KINDS[item_type.kind].gist(payload))
    return looks.to_bytes() if looks else b""


def _forget(item_type: ItemType) -> None:
    kept = Precedent.objects.filter(item_type=item_type).order_by("-created_at")
    for oldest in kept.values_list("created_at", flat=True)[MOST - 1 : MOST]:
        Precedent.objects.filter(item_type=item_type, created_at__lt=oldest).delete()


def _read(item_type_id: int, since: datetime | None) -> tuple[list[tuple[UUID, bytes]], datetime | None]:
    rows = Precedent.objects.filter(item_type=item_type_id).exclude(sketch=b"").order_by("-created_at")
    rows = rows.values_list("item_id", "sketch", "created_at")
    found = list(rows[:MOST] if since is None else rows.filter(created_at__gt=since))
    return [(item, sketched) for item, sketched, _ in reversed(found)], found[0][2] if found else since


_memory: Memory[UUID] = Memory(_read)
