"""Checked rows of a file stored: the good ones go in, whatever is wrong with others is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.trail import Actor
from labeling.importing import authors, restoring
from labeling.importing.checking import Arrival, check
from labeling.importing.files import Row
from labeling.importing.posted import import_labels
from labeling.models import Label
from routing.errors import HitlError, InvalidInput
from routing.models import Item, ItemType
from routing.restoring import restore

ERASED = "item_ref: This item was erased: nothing is kept of it any more."
SENT = ("item_ref", "label", "prev_confidence", "action", "feedback_type", "weight")


@dataclass(frozen=True)
class Refusal:
    """A row, or one of its labels, that did not go in: its line, why, and what it said."""

    line: int
    reason: str
    row: Any


@dataclass
class Outcome:
    """What became of some rows; `duplicates` are items that were known."""

    created: int = 0
    duplicates: int = 0
    labels: int = 0
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True)
class _Said:
    """A label on its way: the arrival that it belongs to."""

    arrival: Arrival
    label: dict[str, Any]


@transaction.atomic
def store(rows: Sequence[Row], item_type: ItemType, *, by: Actor) -> Outcome:
    """Store rows of records and return what became of them; however many, as many statements.

    A row that is wrong is refused whole, an item that is known is left as it is, and a label of a good item
    that can't be stored is refused alone. To store the same rows again changes nothing. Raises NoPolicy.
    """
    outcome = Outcome()
    arrivals = _living(_checked(rows, item_type, outcome), item_type, outcome)
    said = [one for arrival in arrivals for one in (*arrival.labels, *arrival.reviews)]
    users = authors.find((one["user"] for one in said), by=by)
    sessions = authors.sittings(said, users)
    items = _items(arrivals, item_type, outcome, by=by)
    given = _labels(arrivals, item_type, users, sessions, outcome, by=by)
    outcome.labels = len(given)
    seats = [(items[one.item_ref], one.reviews) for one in arrivals if one.reviews and one.item_ref in items]
    restoring.reviews(seats, users, sessions, given, by=by)
    return outcome


def _checked(rows: Sequence[Row], item_type: ItemType, outcome: Outcome) -> list[Arrival]:
    arrivals = []
    for row in rows:
        try:
            if row.problem:
                raise InvalidInput.single(row.problem)
            arrivals.append(check(row.line, row.value, item_type))
        except InvalidInput as error:
            outcome.refused.append(Refusal(row.line, _reason(error), row.value))
    return arrivals


def _living(arrivals: Sequence[Arrival], item_type: ItemType, outcome: Outcome) -> list[Arrival]:
    """Refuse what names an erased item: it must not come back, nor stand in the file of refused rows."""
    named = [one.item_ref for one in arrivals]
    erased = Item.objects.filter(item_type=item_type, item_ref__in=named, erased_at__isnull=False)
    gone = set(erased.values_list("item_ref", flat=True))
    outcome.refused += [
        Refusal(one.line, ERASED, {"item_ref": one.item_ref}) for one in arrivals if one.item_ref in gone
    ]
    return [one for one in arrivals if one.item_ref not in gone]


def _reason(error: HitlError) -> str:
    return "; ".join(f"{one.attr}: {one.detail}" if one.attr else one.detail for one in error.problems)


def _items(
    arrivals: Sequence[Arrival], item_type: ItemType, outcome: Outcome, *, by: Actor
) -> dict[str, Item]:
    """Store the items and return them by reference, those that were known among them."""
    whole = [one for one in arrivals if one.entry]
    taken = restore(item_type.slug, [(one.entry, one.past) for one in whole], by=by) if whole else []
    outcome.duplicates = sum(one.duplicate for one in taken)
    outcome.created = len(taken) - outcome.duplicates
    for one in taken:
        one.item.item_type = item_type
    return {one.item.item_ref: one.item for one in taken}


def _labels(
    arrivals: Sequence[Arrival],
    item_type: ItemType,
    users: dict[str, int],
    sessions: set[tuple[Any, int]],
    outcome: Outcome,
    *,
    by: Actor,
) -> dict[UUID, Label]:
    """Store the labels, refuse those that can't be, and return by id those that were not known."""
    waiting = [_Said(arrival, label) for arrival in arrivals for label in arrival.labels]
    while waiting:
        raws = [_raw(one, item_type, users) for one in waiting]

        def complete(index: int, label: Label, said: list[_Said] = waiting) -> None:
            _complete(label, said[index], sessions)

        try:
            imported = import_labels(raws, numbered=True, complete=complete, by=by)
        except HitlError as error:
            wrong = _wrong(error)
            outcome.refused += [
                Refusal(waiting[i].arrival.line, reason, waiting[i].arrival.raw)
                for i, reason in wrong.items()
            ]
            waiting = [one for i, one in enumerate(waiting) if i not in wrong]
        else:
            return {one.label.pk: one.label for one in imported if not one.duplicate}
    return {}


def _wrong(error: HitlError) -> dict[int, str]:
    """Return what is wrong with each label, by its index."""
    wrong: dict[int, list[str]] = defaultdict(list)
    for one in error.problems:
        index, _, name = (one.attr or "0").partition(".")
        wrong[int(index)].append(f"label, {name}: {one.detail}")
    return {index: "; ".join(reasons) for index, reasons in wrong.items()}


def _raw(one: _Said, item_type: ItemType, users: dict[str, int]) -> dict[str, Any]:
    """Return the label as the import of labels takes it."""
    label = one.label | {"item_ref": one.arrival.item_ref}
    sent = {name: label[name] for name in SENT if name in label}
    if label["at"]:
        sent["ts"] = label["at"].isoformat()
    return sent | {"id": str(label["id"]), "item_type": item_type.slug, "user_id": users.get(label["user"])}


def _complete(label: Label, one: _Said, sessions: set[tuple[Any, int]]) -> None:
    """Write into a stored label what only a file tells."""
    said = one.label
    label.source = said.get("source") or Label.Source.IMPORT
    label.blind, label.inclusion = said["blind"], said["inclusion"]
    label.time_spent_ms, label.guidelines = said["time_spent_ms"], said["guidelines"]
    label.superseded_at = said["superseded"]
    if said["session"] and (said["session"]["id"], label.user_id) in sessions:
        label.session_id = said["session"]["id"]
    if label.item_id is None and one.arrival.past.held_out is not None:
        label.reserved = one.arrival.past.held_out
