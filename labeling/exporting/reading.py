"""Rows of the database as records, a page at a time: memory stays as it is however many there are.

Pages go by id rather than by one open cursor: an export that broke off goes on after the last page, and a
slow reader holds no transaction open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from audit.uuid7 import earliest
from labeling import golden
from labeling.exporting import shapes
from labeling.exporting.records import ITEM, LABEL, Record
from labeling.models import Label, Review
from routing.models import HIDDEN, Item, ItemType, Prediction

PAGE = 500
SPLITS = ("all", "train", "held_out")
SOURCES = [value for value in Label.Source.values if value not in HIDDEN]
FIRST = UUID(int=0)
NAME = F("user__username")


@dataclass(frozen=True)
class Wanted:
    """Which rows are wanted. Times and sources choose labels; items without a chosen one then stay out.

    `after` is where an earlier export stood: the `at` of its last page. With `teaching`, items stay out whose
    golden example somebody has retired, or its age. `hidden` are paths of fields that are not shown.
    """

    item_type: ItemType
    since: datetime | None = None
    until: datetime | None = None
    sources: tuple[str, ...] = ()
    split: str = "all"
    after: str = ""
    teaching: bool = False
    hidden: tuple[str, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether only some labels are wanted."""
        return bool(self.since or self.until or self.sources)


@dataclass(frozen=True)
class Page:
    """Some records in order, and where the export stands after them."""

    at: str
    records: list[Record]


def pages(wanted: Wanted) -> Iterator[Page]:
    """Yield the items of the type with all that was said of them, by id; then labels whose item is unknown.

    What is said at looks that test a person stays out: an export must not tell which these were.
    """
    stage, _, last = wanted.after.partition(":")
    after = UUID(last) if last else FIRST
    if stage != LABEL:
        for rows in _paged(_items(wanted), after):
            yield Page(f"{ITEM}:{rows[-1].pk}", _records(rows, wanted))
        after = FIRST
    for rows in _paged(_orphans(wanted), after):
        yield Page(f"{LABEL}:{rows[-1].pk}", [shapes.orphan(row, wanted.item_type.slug) for row in rows])


def count(wanted: Wanted) -> int:
    """Return how many items and labels without item there are to read, from the beginning."""
    return _items(wanted).count() + _orphans(wanted).count()


def _paged(rows: QuerySet, after: UUID) -> Iterator[list[Any]]:
    # What comes in meanwhile belongs to the next export: without an end this one might never have any.
    rows = rows.filter(pk__lt=earliest(timezone.now() + timedelta(milliseconds=1)))
    while page := list(rows.filter(pk__gt=after).order_by("pk")[:PAGE]):
        yield page
        after = page[-1].pk


def _items(wanted: Wanted) -> QuerySet[Item]:
    items = Item.objects.filter(item_type=wanted.item_type, erased_at__isnull=True).annotate(
        policy_number=F("policy__number")
    )
    if wanted.split != "all":
        items = items.filter(held_out=wanted.split == "held_out")
    if wanted.teaching:
        retired = golden.retired(wanted.item_type).filter(item=OuterRef("pk"))
        items = items.filter(~Exists(retired))
    if wanted.narrowed:
        labels = _labels(wanted).filter(item_ref=OuterRef("item_ref"))
        items = items.filter(Exists(labels) | Exists(_reviews(wanted).filter(item=OuterRef("pk"))))
    return items


def _labels(wanted: Wanted) -> QuerySet[Label]:
    labels = Label.objects.filter(item_type=wanted.item_type).exclude(source__in=HIDDEN)
    return _narrow(labels, wanted, time="ts", source="source")


def _reviews(wanted: Wanted) -> QuerySet[Review]:
    reviews = Review.objects.exclude(assignment__purpose__in=HIDDEN)
    return _narrow(reviews, wanted, time="created_at", source="assignment__purpose")


def _narrow(rows: QuerySet, wanted: Wanted, *, time: str, source: str) -> QuerySet:
    if wanted.since:
        rows = rows.filter(**{f"{time}__gte": wanted.since})
    if wanted.until:
        rows = rows.filter(**{f"{time}__lt": wanted.until})
    return rows.filter(**{f"{source}__in": wanted.sources}) if wanted.sources else rows


def _orphans(wanted: Wanted) -> QuerySet[Label]:
    items = Item.objects.filter(item_type=wanted.item_type, item_ref=OuterRef("item_ref"))
    labels = _labels(wanted).filter(~Exists(items), item__isnull=True)
    if wanted.split != "all":
        labels = labels.filter(reserved=wanted.split == "held_out")
    return labels.select_related("session").annotate(name=NAME)


def _records(items: list[Item], wanted: Wanted) -> list[Record]:
    ids, refs = [item.pk for item in items], [item.item_ref for item in items]
    predictions, reviews, labels = defaultdict(list), defaultdict(list), defaultdict(list)
    for one in Prediction.objects.filter(item__in=ids).order_by("item", "rank"):
        predictions[one.item_id].append(shapes.prediction(one))
    in_force = {}
    given = _labels(wanted).filter(item_ref__in=refs).order_by("ts", "id")
    for one in given.select_related("session").annotate(name=NAME):
        labels[one.item_ref].append(shapes.label(one))
        if one.superseded_at is None:
            in_force[one.review_id] = one
    said = _reviews(wanted).filter(item__in=ids).order_by("created_at", "id")
    for one in said.select_related("assignment", "session").annotate(name=NAME):
        reviews[one.item_id].append(shapes.review(one, in_force.get(one.pk)))
    return [
        shapes.item(item, wanted.item_type.slug, hidden=wanted.hidden)
        | {
            "predictions": predictions[item.pk],
            "labels": labels[item.item_ref],
            "reviews": reviews[item.pk],
        }
        for item in items
    ]
