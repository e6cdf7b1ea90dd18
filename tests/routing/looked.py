"""Items that people have looked at, written as they would be left, for tests of what is measured of them."""

from datetime import timedelta

from django.utils import timezone

from routing.models import Assignment, Item
from tests import factories


def look(item, *, by, seconds=30.0, waited=600.0, days_ago=1.0, purpose="review", label=None, caught=None):
    """Close the item's seat of this purpose (made where it has none); a label decides the item by hand."""
    closed = timezone.now() - timedelta(days=days_ago)
    queue = factories.queue("experts", "experts") if purpose in ("expert", "validate") else factories.queue()
    values = {
        "item_type": item.item_type,
        "queue": queue,
        "due_at": closed,
        "created_at": closed - timedelta(seconds=waited),
        "user": by,
        "claimed_at": closed - timedelta(seconds=seconds),
        "leased_until": closed,
        "closed_at": closed,
        "outcome": "answered",
        "caught": caught,
    }
    Assignment.objects.update_or_create(item=item, purpose=purpose, defaults=values)
    if purpose == "audit":
        Item.objects.filter(pk=item.pk).update(audit_draw=0.0)  # as it was drawn
    if label is not None:
        decided(item, by=f"user:{by}", label=label, days_ago=days_ago, waited=waited)


def decided(item, *, by, label, days_ago=1.0, waited=600.0, status="approved"):
    """Leave the item decided by somebody, so long after it came in."""
    at = timezone.now() - timedelta(days=days_ago)
    Item.objects.filter(pk=item.pk).update(
        status=status,
        label=label,
        decided_at=at,
        decided_by=by,
        created_at=at - timedelta(seconds=waited),
    )
