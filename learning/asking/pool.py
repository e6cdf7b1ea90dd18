"""Which items people could be asked about, and how many of those that judge models."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from labeling.models import Label
from learning.models import ModelVersion
from routing.models import Assignment, Item, ItemType, Status

JUDGES = 200  # held-out items that are asked for before there is a model, or before ENOUGH are labelled
ENOUGH = 100


def waiting(item_type: ItemType) -> QuerySet[Item]:
    """Return the items that no model decides, that have no label, and that nobody is asked about."""
    labels = Label.objects.in_force().filter(item_type=item_type, item=OuterRef("pk"))
    seats = Assignment.objects.open().filter(item=OuterRef("pk"))
    return Item.objects.filter(
        ~Exists(labels), ~Exists(seats), item_type=item_type, status__in=[Status.POOLED, Status.PENDING_AI]
    )


def learnable(item_type: ItemType, newest: int | None = None) -> QuerySet[Item]:
    """Return the waiting items to learn from; with `newest`, those among so many latest arrivals."""
    rows = waiting(item_type).filter(held_out=False)
    if newest is None:
        return rows
    latest = Item.objects.filter(item_type=item_type).order_by("-pk").values_list("pk", flat=True)
    first = latest[newest - 1 : newest].first()
    return rows.filter(pk__gte=first) if first else rows


def judging_share(item_type: ItemType) -> float:
    """Return which share of the waiting held-out items is to be asked for now, to judge models by.

    All, or as many as give JUDGES labels, while there is no model or fewer than ENOUGH such labels; then
    none: reviews and audits of what arrives bring them, each with its probability.
    """
    champions = ModelVersion.objects.filter(item_type=item_type, status=ModelVersion.Status.CHAMPION)
    labels = Label.objects.in_force().filter(item_type=item_type, item__held_out=True)
    if champions.exists() and labels.values("item_ref").distinct().count() >= ENOUGH:
        return 0.0
    count = waiting(item_type).filter(held_out=True).count()
    return min(1.0, JUDGES / count) if count else 0.0


def judging(item_type: ItemType, share: float) -> QuerySet[Item]:
    """Return the waiting held-out items whose keyed draw lies below `share`, the least draw first.

    That is a uniform, repeatable sample.
    """
    return waiting(item_type).filter(held_out=True, audit_draw__lt=share).order_by("audit_draw")


def learns(item_type: ItemType) -> bool:
    """Return whether there is anything that a model may learn from."""
    return learnable(item_type).exists()


def anything(item_type: ItemType) -> bool:
    """Return whether there is anything that people could be asked about."""
    return learns(item_type) or judging_share(item_type) > 0
