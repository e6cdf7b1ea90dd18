"""Who may be given the seats of an item type."""

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from routing.models import Assignment, Item, ItemType, Queue


def people(item_type: ItemType, queue: Queue) -> set[int]:
    """Return the ids of those in the queue's group who have the skill that the item type asks for."""
    return set(_able(item_type).filter(groups=queue.group_id).values_list("pk", flat=True))


def left(item: Item, *, most: int) -> int:
    """Return how many people, at most so many, may yet be asked where the item was first looked at.

    They have no seat at the item and are not paused.
    """
    seats = Assignment.objects.filter(item=item).order_by("id")
    mine = seats.filter(user=OuterRef("pk"))
    asked = _able(item.item_type).filter(groups=Subquery(seats.values("queue__group")[:1]))
    return asked.filter(~Exists(mine), reviewer__paused_at__isnull=True)[:most].count()


def _able(item_type: ItemType) -> QuerySet[User]:
    found = User.objects.filter(is_active=True)
    if item_type.skill:
        found = found.filter(Q(reviewer__isnull=True) | Q(reviewer__skills__contains=[item_type.skill]))
    return found
