"""Answers of several people to the same items: which were drawn by chance, and which somebody asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from audit.uuid7 import earliest
from labeling.models import Label
from routing.kinds import KINDS
from routing.models import ItemType, Purpose

NEWEST = 10_000  # items that are compared
NEWEST_FAR = 500  # of them where labels have distances: a pair of long texts or of many boxes takes a moment
LATE = timedelta(days=30)  # in which whoever was asked first answers, if the other was quicker
AGAIN = (Purpose.OVERLAP, Purpose.SECOND)
ALL = (Purpose.REVIEW, Purpose.LEARN, *AGAIN)


@dataclass(frozen=True)
class Rating:
    """What one person said of an item, and whether the model's answer was hidden from them."""

    person: int
    label: Any
    blind: bool = False


@dataclass(frozen=True)
class Unit:
    """An item that two or more people answered, each on their own.

    `drawn` tells that chance alone decided so, on arrival; else somebody doubted the item. `weight` is the
    inverse of the probability with which it was drawn, `at` when the last of them answered.
    """

    item: UUID
    ratings: tuple[Rating, ...]
    drawn: bool
    weight: float
    at: datetime


@dataclass(frozen=True)
class _Said:
    item: UUID
    rating: Rating
    at: datetime
    source: str
    opened: datetime
    inclusion: float


def read(item_type: ItemType, *, since: datetime, until: datetime | None = None) -> list[Unit]:
    """Return the newest items of which the last of several answers came in this time, the drawn ones first.

    An item that was drawn and doubted later is in both groups: drawn with the answers that were wanted on
    arrival, doubted with all. Refusals give no label and are left out. Two statements.
    """
    kind = KINDS[item_type.kind]
    again = _in_force(item_type).filter(source__in=AGAIN, pk__gte=earliest(since - LATE))
    if until:
        again = again.filter(ts__lt=until)
    most = NEWEST if kind.scale(item_type.spec) in ("nominal", "interval") else NEWEST_FAR
    items = list(dict.fromkeys(again.order_by("-pk").values_list("item", flat=True)[:most]))
    rows = _in_force(item_type).filter(item__in=items, source__in=ALL).order_by("pk")
    said = rows.values_list(
        "item",
        "user",
        "label",
        "blind",
        "ts",
        "source",
        "review__assignment__created_at",
        "review__assignment__inclusion",
    )
    by_item: dict[UUID, list[_Said]] = defaultdict(list)
    for item, person, label, blind, *rest in said:
        if label is not None or kind.exact:  # an erased text says nothing any more
            by_item[item].append(_Said(item, Rating(person, label, blind), *rest))
    units = [one for one in _units(by_item.values()) if since <= one.at and (not until or one.at < until)]
    return sorted(units, key=lambda unit: not unit.drawn)


def _in_force(item_type: ItemType) -> Any:
    return Label.objects.filter(item_type=item_type, superseded_at=None, review__isnull=False)


def _units(groups: Iterable[Sequence[_Said]]) -> Iterable[Unit]:
    for group in groups:
        opened = min((one.opened for one in group if one.source == Purpose.REVIEW), default=None)
        first = [
            one for one in group if one.opened == opened and one.source in (Purpose.REVIEW, Purpose.OVERLAP)
        ]
        if len(first) > 1:
            yield _unit(first, drawn=True)
        if len(group) > max(len(first), 1):
            yield _unit(group, drawn=False)


def _unit(said: Sequence[_Said], *, drawn: bool) -> Unit:
    return Unit(
        said[0].item,
        tuple(one.rating for one in said),
        drawn,
        1 / min(one.inclusion for one in said) if drawn else 1.0,
        max(one.at for one in said),
    )
