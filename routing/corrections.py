"""Corrections put to use at once: the same input with the same mistake gets the answer that a person gave.

Only the same input counts, to the letter: of inputs that merely look alike, some are spoilt by it. Weights of
a model are not touched; it learns the correction with its next training.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from audit import trail
from audit.chain import canonical
from audit.trail import Actor
from routing import telling
from routing.jsonb import as_stored
from routing.kinds import KINDS, KindErrors, TypeSpec, for_people
from routing.models import Correction, Item, ItemType, Status
from routing.opinions import Opinion

OTHERWISE = "the model answers otherwise"
ANEW = "corrected anew"

# Corrections are locked in one order, so that two posts with the same inputs never wait in a circle.
MEET = """
WITH asked AS (
    SELECT * FROM jsonb_to_recordset(%(asked)s::jsonb) AS one (digest text, said jsonb, times int)
), held AS MATERIALIZED (
    SELECT c.id, c.digest, c.said FROM routing_correction c
    WHERE c.item_type_id = %(item_type)s AND c.ended_at IS NULL AND c.digest IN (SELECT digest FROM asked)
    ORDER BY c.id FOR UPDATE OF c
), met AS (
    SELECT held.id, bool_or(asked.said IS DISTINCT FROM held.said) AS otherwise,
        coalesce(sum(asked.times) FILTER (WHERE asked.said IS NOT DISTINCT FROM held.said), 0) AS uses
    FROM held JOIN asked USING (digest) GROUP BY held.id
)
UPDATE routing_correction c
SET uses = c.uses + met.uses,
    ended_at = CASE WHEN met.otherwise THEN %(now)s::timestamptz END,
    ended_because = CASE WHEN met.otherwise THEN %(why)s ELSE '' END
FROM met, routing_item i
WHERE c.id = met.id AND i.id = c.item_id
RETURNING c.digest, c.id, c.said::text, c.label::text, c.by, c.item_id, i.item_ref, met.otherwise
"""


@dataclass(frozen=True)
class _Held:
    """A correction that was in force when its input came again."""

    id: int
    said: Any
    label: Any
    by: str
    item_id: Any
    item_ref: str
    otherwise: bool


def any_of_its_type() -> Exists:
    """Return the condition, on rows that have an `item_type`, that corrections of it are in force."""
    return Exists(Correction.objects.filter(item_type=OuterRef("item_type"), ended_at__isnull=True))


def recall(
    item_type: ItemType,
    spec: TypeSpec,
    given: Sequence[tuple[Mapping[str, Any], Sequence[Opinion]]],
    *,
    now: datetime,
    by: Actor,
) -> list[dict[str, Any] | None]:
    """Return for each payload and its opinions the correction that applies, as `Item.signals` keeps it.

    It applies where the same input comes with the same judged answer, and counts as used. Where the model
    answers otherwise the correction ends. One statement however many; one more where one ends.
    """
    keys = [(_digest(payload), _clean(said[0].label, payload, spec)) for payload, said in given if said]
    held = _meet(item_type, keys, now=now, by=by) if keys else {}
    found, left = [], iter(keys)
    for payload, said in given:
        digest, label = next(left) if said else ("", None)
        one = held.get(digest)
        applies = one is not None and one.said == label and _fits(one.label, payload, spec)
        found.append(_as_signal(one) if applies else None)
    return found


def _meet(
    item_type: ItemType, keys: Sequence[tuple[str, Any]], *, now: datetime, by: Actor
) -> dict[str, _Held]:
    """Count uses, end what no longer holds, and return by digest what was in force."""
    times = Counter((digest, canonical(said)) for digest, said in keys)
    asked = [
        {"digest": digest, "said": json.loads(said), "times": count}
        for (digest, said), count in times.items()
    ]
    values = {"asked": json.dumps(asked), "item_type": item_type.pk, "now": now, "why": OTHERWISE}
    with connection.cursor() as cursor:
        cursor.execute(MEET, values)
        rows = cursor.fetchall()
    held = {
        digest: _Held(pk, _parsed(said), _parsed(label), *rest) for digest, pk, said, label, *rest in rows
    }
    ended = [
        _ending(one.id, ("routing.item", one.item_id), OTHERWISE) for one in held.values() if one.otherwise
    ]
    trail.record_all(ended, by=by)
    return held


def _as_signal(held: _Held) -> dict[str, Any]:
    return {"correction": held.id, "label": held.label, "item": held.item_ref, "by": held.by}


def note(item: Item, *, said: Any, by: AbstractBaseUser, now: datetime) -> None:
    """Keep that the item's label, and not what the model `said`, is the answer to this input.

    An earlier correction of the same input ends, unless it says the same.
    """
    spec, payload = item.item_type.spec, item.payload
    digest, said = _digest(payload), _clean(said, payload, spec)
    same_input = Correction.objects.filter(item_type=item.item_type, digest=digest, ended_at__isnull=True)
    held = same_input.select_for_update().first()
    if said == item.label or (held and (held.said, held.label) == (said, item.label)):
        return
    if held:
        _end([held], why=ANEW, now=now, by=by)
    try:
        with transaction.atomic():
            made = Correction.objects.create(
                item_type=item.item_type,
                digest=digest,
                said=said,
                label=item.label,
                item=item,
                by=by.get_username(),
                created_at=now,
            )
    except IntegrityError:
        return  # somebody else has corrected the same input at this moment: theirs stands
    told = {"correction": made.pk, "said": said, "label": item.label}
    trail.record_all([telling.entry("correction.noted", item, told)], by=by)


def contradict(item: Item, *, now: datetime, by: Actor) -> None:
    """End the corrections that people's decision of this item contradicts: the one it got, its own."""
    got = item.signals.get("corrected", {}).get("correction")
    rows = _in_force().filter(Q(item=item) | Q(pk=got)).select_for_update().order_by("pk")
    kind, spec = KINDS[item.item_type.kind], item.item_type.spec
    wrong = [
        one for one in rows if item.status != Status.APPROVED or not kind.agree(one.label, item.label, spec)
    ]
    _end(wrong, why="people decided otherwise", now=now, by=by)


@transaction.atomic
def end(correction_ids: Iterable[int], *, by: AbstractBaseUser) -> int:
    """Take corrections out of force by hand, and return how many were in force."""
    rows = list(_in_force().filter(pk__in=list(correction_ids)).select_for_update().order_by("pk"))
    _end(rows, why=f"ended by {by.get_username()}"[:200], now=timezone.now(), by=by)
    return len(rows)


def _in_force() -> QuerySet[Correction]:
    return Correction.objects.filter(ended_at__isnull=True)


def _end(rows: Sequence[Correction], *, why: str, now: datetime, by: Actor) -> None:
    if rows:
        ids = [one.pk for one in rows]
        Correction.objects.filter(pk__in=ids).update(ended_at=now, ended_because=why)
        entries = [_ending(one.pk, ("routing.item", one.item_id), why) for one in rows]
        trail.record_all(entries, by=by)


def _ending(correction: int, item: tuple[str, Any], why: str) -> trail.Entry:
    return trail.Entry("correction.ended", item, {"correction": correction, "why": why})


def _digest(payload: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a payload as canonical JSON, of the values that the database keeps of it.

    Without its embedding: another version of the model that makes those changes nothing about the case.
    """
    return hashlib.sha256(canonical(as_stored(for_people(payload))).encode()).hexdigest()


def _clean(label: Any, payload: Mapping[str, Any], spec: TypeSpec) -> Any:
    """Return a model's answer in the form in which it is compared; one that can't be read as it is."""
    try:
        return as_stored(KINDS[spec.kind].clean_label(label, payload, spec))
    except KindErrors:
        return as_stored(label)


def _fits(label: Any, payload: Mapping[str, Any], spec: TypeSpec) -> bool:
    """Whether the label is still one that may be given: an admin may have taken it away."""
    try:
        KINDS[spec.kind].clean_label(label, payload, spec)
    except KindErrors:
        return False
    return True


def _parsed(text: str | None) -> Any:
    return None if text is None else json.loads(text)
