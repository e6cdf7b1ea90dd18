"""Which items a lead wants asked as questions whose answer is known."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from audit import trail
from audit.trail import Actor
from routing.models import Item, Status


@transaction.atomic
def mark(items: QuerySet[Item], known: bool | None, *, by: Actor) -> int:
    """Mark approved items as known questions (True), never to be asked (False), or neither (None).

    Only what is approved has an answer. Returns how many items changed.
    """
    same = Q(known__isnull=True) if known is None else Q(known=known)
    changed = list(items.filter(~same, status=Status.APPROVED).order_by("pk").select_for_update(no_key=True))
    Item.objects.filter(pk__in=[item.pk for item in changed]).update(known=known)
    entries = [trail.Entry("item.known", item, {"before": item.known, "after": known}) for item in changed]
    trail.record_all(entries, by=by)
    return len(changed)
