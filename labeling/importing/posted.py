"""Labels that people gave elsewhere, taken in: all or none, and once however often they are sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from audit import trail
from audit.trail import Actor
from audit.uuid7 import uuid7
from labeling.importing.fields import clean_label, moment
from labeling.models import Label, Review
from routing import novelty, teams, telling
from routing.draws import draw
from routing.errors import HitlError, InvalidInput, Problem
from routing.kinds import KINDS, KindErrors
from routing.models import Item, ItemType
from routing.values import Findings, called, storable

FIELDS = (
    "id",
    "item_type",
    "item_ref",
    "label",
    "user_id",
    "ts",
    "prev_confidence",
    "action",
    "feedback_type",
    "weight",
)
MOST_PROBLEMS = 100
HEAVIEST = 100.0
CLOCKS_DIFFER = timedelta(minutes=5)
ADVISORY_LOCK = 0x1ABE1


class LabelIdTaken(HitlError):
    """A label with this id is stored already and says something else. Nothing was stored."""

    code = "id_taken"
    status = 409


@dataclass(frozen=True)
class Imported:
    """One label after the import, and whether it was known before."""

    label: Label
    duplicate: bool


@dataclass(frozen=True)
class _Known:
    """What the database knows of the things that the labels name."""

    types: Mapping[str, ItemType]
    items: Mapping[tuple[str, str], Item]
    users: frozenset[int]
    labels: Mapping[UUID, Label]


@transaction.atomic
def import_labels(
    raws: Sequence[Any],
    *,
    numbered: bool = False,
    complete: Callable[[int, Label], None] | None = None,
    caller: Any = None,
    by: Actor,
) -> list[Imported]:
    """Store labels made elsewhere and return them in the order given; an id that is known changes nothing.

    `numbered` puts each one's index before the paths of its errors. `complete` may add to a new label what
    only who asks for the import knows, before it is stored. Item types that the `caller`, a request, may not
    see are unknown. However many, the statements are as many. Raises InvalidInput, and LabelIdTaken.
    """
    known = _look_up(raws, caller)
    labels, fresh = dict(known.labels), []
    imported: list[Imported] = []
    problems: list[Problem] = []
    taken: list[int] = []
    for index, raw in enumerate(raws):
        stored = labels.get(_uuid(raw.get("id"))) if isinstance(raw, dict) else None
        if stored:
            imported.append(Imported(stored, duplicate=True))
            taken += [] if _says(raw, stored, known) else [index]
            continue
        label, wrong = _read(raw, known, index if numbered else None)
        problems += wrong
        if label:
            if complete:
                complete(index, label)
            fresh.append(label)
            labels[label.pk] = label
            imported.append(Imported(label, duplicate=False))
    if problems:
        raise InvalidInput(problems[:MOST_PROBLEMS])
    if taken:
        raise LabelIdTaken(attr=f"{taken[0]}.id" if numbered else "id")
    _store(fresh, by=by)
    return imported


def _store(fresh: Sequence[Label], *, by: Actor) -> None:
    Label.objects.bulk_create(fresh)
    novelty.note((label.item_type, label.label) for label in fresh)
    trail.record_all([_event(label) for label in fresh], by=by)


def _read(raw: Any, known: _Known, index: int | None) -> tuple[Label | None, list[Problem]]:
    """One label, and what is wrong with it, under its index where the labels are numbered."""
    findings = Findings()
    label = _clean(raw, known, findings)
    problems = []
    for one in findings.errors[:MOST_PROBLEMS]:
        attr = one.attr or None if index is None else f"{index}.{one.attr}".rstrip(".")
        problems.append(Problem(attr, one.code, one.detail))
    return label, problems


def _says(raw: dict[str, Any], stored: Label, known: _Known) -> bool:
    """Return whether an entry says what the label of its id says, in any form that it may have been sent.

    It is asked before the entry is checked: the item may have come meanwhile and judge the label otherwise.
    """
    said = raw.get("item_type"), raw.get("item_ref"), raw.get("user_id")
    if stored.item_type_id not in known.types:
        return False
    if said != (stored.item_type_id, stored.item_ref, stored.user_id) or "label" not in raw:
        return False
    item_type, item = known.types[stored.item_type_id], known.items.get(said[:2])
    forms = [raw["label"]]
    for payload in (None, item.payload) if item else (None,):
        with suppress(KindErrors):
            forms.append(KINDS[item_type.kind].clean_label(raw["label"], payload, item_type.spec))
    return stored.label in forms


def _event(label: Label) -> trail.Entry:
    data = {"label_id": label.pk, "item_type": label.item_type_id, "item_ref": label.item_ref}
    if label.item:
        return telling.entry("label.imported", label.item, data | {"label": label.label})
    # Words about an item that isn't here can't be taken out of the trail later, so they never go in.
    said = {} if KINDS[label.item_type.kind].free_text else {"label": label.label}
    return trail.Entry("label.imported", label, data | said)


def _look_up(raws: Sequence[Any], caller: Any) -> _Known:
    rows = [raw for raw in raws if isinstance(raw, dict)]
    ids = {found for raw in rows if (found := _uuid(raw.get("id")))}
    if ids:
        # One import with ids at a time: of two that store the same ones, the second finds them known.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
    slugs = {raw.get("item_type") for raw in rows if _is_name(raw.get("item_type"))}
    refs = {raw.get("item_ref") for raw in rows if _is_name(raw.get("item_ref"))}
    users = {raw.get("user_id") for raw in rows if type(raw.get("user_id")) is int}
    items = Item.objects.filter(item_type__slug__in=slugs, item_ref__in=refs).annotate(
        slug=F("item_type__slug")
    )
    types = ItemType.objects.filter(slug__in=slugs)
    return _Known(
        types={one.slug: one for one in (teams.visible(types, caller) if caller else types)},
        items={(item.slug, item.item_ref): item for item in items},
        users=frozenset(
            User.objects.filter(pk__in=[pk for pk in users if 0 < pk < 2**31]).values_list("pk", flat=True)
        ),
        labels=Label.objects.in_bulk(list(ids)) if ids else {},
    )


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 200 and storable(value)


def _clean(raw: Any, known: _Known, findings: Findings) -> Label | None:
    """Return the row that an entry asks for, or None with everything that is wrong noted."""
    if not isinstance(raw, dict):
        findings.add("", "invalid", f"Send an object, not {called(raw)}.")
        return None
    findings.fields(raw, FIELDS)
    for name in ("item_type", "item_ref", "label"):
        if name not in raw:
            findings.add(name, "required", "This field is required.")
    if findings.errors:
        return None
    item_type = known.types.get(raw["item_type"]) if isinstance(raw["item_type"], str) else None
    if item_type is None:
        findings.add("item_type", "unknown_item_type", "There is no item type of this name.")
    if not findings.text(raw["item_ref"], "item_ref", limit=200) or item_type is None:
        return None
    item = known.items.get((item_type.slug, raw["item_ref"]))
    if item:
        item.item_type = item_type
        if item.erased_at:
            findings.add("item_ref", "erased", "This item was erased: nothing is kept of it any more.")
    label = Label(
        id=_id(raw.get("id"), findings),
        item_type=item_type,
        item_ref=raw["item_ref"],
        label=clean_label(raw["label"], "label", item.payload if item else None, item_type, findings),
        user_id=_user(raw.get("user_id"), known, findings),
        ts=_time(raw.get("ts"), findings),
        prev_confidence=_number(raw, "prev_confidence", findings, low=0, high=1),
        item=item,
        action=_choice(raw, "action", Review.Action.values[:2], findings) or Review.Action.EDIT,
        feedback_type=_choice(raw, "feedback_type", Label.Feedback.values, findings),
        weight=_number(raw, "weight", findings, low=0.001, high=HEAVIEST) or 1.0,
        source=Label.Source.IMPORT,
        reserved=item.held_out if item else _reserved(item_type, raw["item_ref"]),
    )
    return None if findings.errors else label


def _reserved(item_type: ItemType, item_ref: str) -> bool:
    """Return whether the item, once it comes, will be held out: the same draw as the router's."""
    return draw(settings.HITL_DRAW_KEY, "held-out", item_type.slug, item_ref) < item_type.held_out_share


def _id(raw: Any, findings: Findings) -> UUID | None:
    if raw is None:
        return uuid7()
    found = _uuid(raw)
    if found is None:
        findings.add("id", "invalid", "Send a UUID; it makes the label safe to send again.")
    return found


def _uuid(raw: Any) -> UUID | None:
    try:
        return UUID(raw)
    except (ValueError, AttributeError, TypeError):
        return None


def _user(raw: Any, known: _Known, findings: Findings) -> int | None:
    if raw is not None and not (type(raw) is int and raw in known.users):
        findings.add(
            "user_id", "unknown_user", "There is no user of this id; leave it out where it was nobody here."
        )
    return raw


def _time(raw: Any, findings: Findings) -> datetime:
    now = timezone.now()
    return moment(raw, "ts", findings, before=now + CLOCKS_DIFFER) or now


def _number(raw: dict[str, Any], name: str, findings: Findings, **limits: float) -> float | None:
    value = raw.get(name)
    if value is None or not findings.number(value, name, **limits):
        return None
    return float(value)


def _choice(raw: dict[str, Any], name: str, choices: Sequence[str], findings: Findings) -> str | None:
    value = raw.get(name)
    if value is not None and value not in choices:
        findings.add(name, "invalid", f"Use one of: {', '.join(choices)}.")
    return value
