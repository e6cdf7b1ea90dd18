"""Cases kept to teach: what was asked, what the model said, what a person made of it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from audit import trail
from audit.trail import Actor
from labeling.models import GoldenExample, Review
from routing.kinds import KINDS
from routing.models import Item


def keep(item: Item, review: Review) -> GoldenExample | None:
    """Keep an approved or edited answer as a golden example, where the item's kind has something to teach.

    Held-out items are never kept: what judges a model must not be shown to it.
    """
    if review.label is None or item.held_out:
        return None
    lesson = KINDS[item.item_type.kind].lesson(item.payload)
    if lesson is None:
        return None
    return GoldenExample.objects.create(
        item_type=item.item_type,
        item=item,
        review=review,
        query=lesson.query,
        context=lesson.context,
        output=lesson.output,
        edited_output=review.label,
        created_at=review.created_at,
    )


def retire(example_ids: Iterable[int], *, by: Actor) -> int:
    """Take examples out of use and return how many were in use."""
    return _mark(example_ids, "golden.retired", timezone.now(), by=by)


def restore(example_ids: Iterable[int], *, by: Actor) -> int:
    """Put retired examples back in use and return how many were retired."""
    return _mark(example_ids, "golden.restored", None, by=by)


@transaction.atomic
def _mark(example_ids: Iterable[int], verb: str, retired_at: datetime | None, *, by: Actor) -> int:
    others = GoldenExample.objects.filter(pk__in=list(example_ids), retired_at__isnull=retired_at is not None)
    found = list(others.select_for_update())
    GoldenExample.objects.filter(pk__in=[row.pk for row in found]).update(retired_at=retired_at)
    trail.record_all([trail.Entry(verb, row, {}) for row in found], by=by)
    return len(found)
