"""Content that is older than its item type allows: an erasure a night for each type that has any."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic

from django.utils import timezone

from routing.models import Erasure, Item, SubjectRights
from routing.privacy import erasing, holds

BY = "system:retention"
TURN = 240.0  # seconds a run, so that it ends well before its time is up


def begin(*, now: datetime | None = None) -> int:
    """Begin an erasure for each type with items that are too old and held by nobody; return how many.

    What waits for an answer is never too old. A type whose last erasure still runs gets no second one.
    """
    now, begun = now or timezone.now(), 0
    running = erasing.running().filter(item_type__isnull=False).values("item_type")
    due = SubjectRights.objects.filter(retention_days__isnull=False).exclude(item_type__in=running)
    for rights in due.select_related("item_type"):
        before = now - timedelta(days=rights.retention_days)
        items = erasing.too_old(Item.objects.filter(item_type=rights.item_type), before)
        if items.exclude(holds.held()).exists():
            why = f"older than {rights.retention_days} days"
            erasing.begin(Erasure(item_type=rights.item_type, before=before, why=why), by=BY)
            begun += 1
    return begun


def go_on() -> int:
    """Work on the erasures that have not ended, for a while; return how many items were erased."""
    end, done = monotonic() + TURN, 0
    for erasure_id in erasing.running().values_list("pk", flat=True):
        left = end - monotonic()
        if left <= 0:
            break
        done += erasing.work_on(erasure_id, seconds=left)
    return done
