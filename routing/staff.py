"""Who may be given the seats of an item type."""

from django.contrib.auth.models import User
from django.db.models import Q

from routing.models import ItemType, Queue


def people(item_type: ItemType, queue: Queue) -> set[int]:
    """Return the ids of those in the queue's group who have the skill that the item type asks for."""
    found = User.objects.filter(groups=queue.group_id, is_active=True)
    if item_type.skill:
        able = Q(reviewer__isnull=True) | Q(reviewer__skills__contains=[item_type.skill])
        found = found.filter(able)
    return set(found.values_list("pk", flat=True))
