"""How an item type treats whom its items are about: changed by an admin or a file, and recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from audit import trail
from audit.trail import Actor
from routing.models import ItemType, SubjectRights


@transaction.atomic
def change(item_type: ItemType, data: Mapping[str, Any], *, by: Actor) -> bool:
    """Give the type's rights these values and say whether that changed any; raises ValidationError.

    A type that has none yet gets them, with the defaults for what isn't named.
    """
    found = SubjectRights.objects.filter(item_type=item_type).first()
    row = found or SubjectRights(item_type=item_type)
    before = {name: getattr(row, name) for name in data}
    if found and before == dict(data):
        return False
    for name, value in data.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    told = {"item_type": item_type.slug, "before": before if found else None, "after": dict(data)}
    trail.record(f"subjectrights.{'changed' if found else 'added'}", row, by=by, **told)
    return True
