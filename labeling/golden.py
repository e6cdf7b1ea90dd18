"""Cases kept to teach: what was asked, what the model said, what a person made of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from audit import trail
from audit.trail import Actor
from labeling.alike.sketches import sketch_text
from labeling.models import GoldenExample, Review
from routing import personal
from routing.kinds import KINDS
from routing.kinds.base import Lesson
from routing.models import Assignment, Item, ItemType, Status

AT_ONCE = 1_000  # examples that one transaction retires
REPLACED = "a later answer replaced it"
REJECTED = "the item was rejected"
CORRECTED = "its author corrected the answer"
TOO_OLD = "older than {} days"
# Whether anything was ever kept of a seat's item: read with it, so a first answer takes no statement to ask.
# From which field of the payload a part comes; see the kinds' `lesson`.
FROM = {"query": "query", "text": "query", "context": "context", "output": "output"}
TAUGHT = Exists(GoldenExample.objects.filter(item=OuterRef("item")))
FOLLOWS = (REJECTED, CORRECTED)  # what became of the item: when that changes, so does the example


def keep(item: Item, seat: Assignment, review: Review) -> GoldenExample | None:
    """Keep what has been answered as a golden example, where the item's kind has something to teach.

    What counts is the item's own answer, once there is one (of a pooled item the person's): an answer that
    others may still contradict teaches nothing. Another answer than the one kept before is a new version,
    which replaces it; a rejection retires it; what a person has retired comes back only with another answer.
    Held-out items are never kept: what judges a model must not be shown to it. The caller holds the lock of
    the item's row, on which `taught` says what TAUGHT found, and leaves out looks that test the person; the
    seat is one of `assignments.with_item`.
    """
    lesson = None if item.held_out else KINDS[item.item_type.kind].lesson(item.payload)
    if lesson is None:
        return None
    if item.status == Status.REJECTED:
        retire(_in_use(item).values_list("pk", flat=True), why=REJECTED, by=review.user)
        return None
    answer = review.label if item.status == Status.POOLED else item.label
    if answer is None:
        return None
    before = GoldenExample.objects.filter(item=item).order_by("-id").first() if item.taught else None
    if before and before.edited_output == answer and before.retired_because not in FOLLOWS:
        return before
    if before:
        _set_aside(before, now=timezone.now())
    said = seat.suggestion["label"] if seat.suggestion else None
    return _store(item, review, lesson, (said, answer), before)


def replace(item: Item, seat: Assignment, review: Review) -> None:
    """Let the golden example follow an answer that its author has corrected."""
    if keep(item, seat, review) is None:
        ids = _in_use(item).filter(review=review).values_list("pk", flat=True)
        retire(ids, why=CORRECTED, by=review.user)


def retire(example_ids: Iterable[int], *, why: str, by: Actor) -> int:
    """Take examples out of use for a reason and return how many were in use."""
    changes = {"retired_at": timezone.now(), "retired_because": why}
    return _mark(example_ids, "golden.retired", changes, told={"why": why}, by=by)


def restore(example_ids: Iterable[int], *, by: Actor) -> int:
    """Put retired examples back in use, except those that others replaced, and return how many."""
    return _mark(example_ids, "golden.restored", {"retired_at": None, "retired_because": ""}, told={}, by=by)


def retire_old(item_type: ItemType, *, by: Actor) -> int:
    """Retire the examples of this type that are older than it allows, and return how many."""
    if item_type.golden_days is None:
        return 0
    oldest = timezone.now() - timedelta(days=item_type.golden_days)
    rows = GoldenExample.objects.filter(item_type=item_type, retired_at__isnull=True, created_at__lt=oldest)
    retired, why = 0, TOO_OLD.format(item_type.golden_days)
    while ids := list(rows.order_by("-id").values_list("pk", flat=True)[:AT_ONCE]):
        retired += retire(ids, why=why, by=by)
    return retired


def retired(item_type: ItemType) -> QuerySet[GoldenExample]:
    """Return the examples that were taken out of use although their items are answered as before."""
    rows = GoldenExample.objects.filter(
        item_type=item_type, retired_at__isnull=False, replaced_by__isnull=True
    )
    return rows.exclude(retired_because__in=FOLLOWS)


def hidden(item_type: ItemType, user: personal.User) -> tuple[str, ...]:
    """Return the parts of the type's examples that come from fields which this person may not see."""
    paths = (path.split(".") for path in personal.hidden(item_type, user))
    return tuple({FROM[names[1]] for names in paths if names[0] == "payload" and names[1] in FROM})


def _in_use(item: Item) -> QuerySet[GoldenExample]:
    return GoldenExample.objects.filter(item=item, retired_at__isnull=True)


def _set_aside(example: GoldenExample, *, now: datetime) -> None:
    rows = GoldenExample.objects.filter(pk=example.pk, retired_at__isnull=True)
    rows.update(retired_at=now, retired_because=REPLACED)


def _store(
    item: Item, review: Review, lesson: Lesson, outputs: tuple[Any, Any], before: GoldenExample | None
) -> GoldenExample:
    """Store what the model had said and what a person made of it."""
    looks = sketch_text(lesson.query)
    said, answer = outputs
    return GoldenExample.objects.create(
        item_type=item.item_type,
        item=item,
        review=review,
        user=review.user,
        version=before.version + 1 if before else 1,
        replaces=before,
        sketch=looks.to_bytes() if looks else None,
        query=lesson.query,
        context=lesson.context,
        output=said if lesson.output is None else lesson.output,
        edited_output=answer,
        created_at=review.corrected_at or review.created_at,
    )


@transaction.atomic
def _mark(
    example_ids: Iterable[int], verb: str, changes: dict[str, Any], *, told: dict[str, Any], by: Actor
) -> int:
    in_use = changes["retired_at"] is not None
    others = GoldenExample.objects.filter(pk__in=list(example_ids), retired_at__isnull=in_use)
    found = list(others.filter(replaced_by__isnull=True).select_for_update(of=("self",)))
    GoldenExample.objects.filter(pk__in=[row.pk for row in found]).update(**changes)
    trail.record_all([trail.Entry(verb, row, told) for row in found], by=by)
    return len(found)
