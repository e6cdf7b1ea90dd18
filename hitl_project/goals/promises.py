"""The targets: what stands for which figure, and how it is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from audit import trail
from audit.trail import Actor
from hitl_project.goals.definitions import DEFINITIONS
from routing.models import ItemType, Target

AUTHOR = "system:targets"
FIELDS = ("value", "start", "starts_on", "ends_on", "alert")


@dataclass(frozen=True)
class Promise:
    """What one figure should be: `row` is the target it comes from, `own` whether that is the type's own."""

    row: Target | None
    own: bool

    def on(self, day: date) -> float | None:
        """Return the value that should be reached on this day, or None where there is no target."""
        return self.row.on(day) if self.row else None


@transaction.atomic
def ensure() -> None:
    """Store what the customer's documents ask for, where nobody has said anything yet."""
    stored = set(Target.objects.filter(item_type=None).values_list("metric", flat=True))
    missing = [Target(metric=one.name, value=one.asked) for one in DEFINITIONS.values()]
    missing = [one for one in missing if one.metric not in stored]
    if not missing:
        return
    Target.objects.bulk_create(missing, ignore_conflicts=True)
    rows = Target.objects.filter(item_type=None, metric__in=[one.metric for one in missing])
    trail.record_all(
        [trail.Entry("target.created", one, _shown(one) | {"metric": one.metric}) for one in rows], by=AUTHOR
    )


def promises(item_type: ItemType | None) -> dict[str, Promise]:
    """Return by name what each figure should be for an item type, or for all together: one statement.

    Where an item type has no target of its own that of all counts; where nobody has said anything, what the
    customer's documents ask for.
    """
    rows = Target.objects.filter(item_type=None)
    if item_type:
        rows = rows | Target.objects.filter(item_type=item_type)
    found = {(one.metric, one.item_type_id): one for one in rows}
    made = {}
    for name, definition in DEFINITIONS.items():
        mine = found.get((name, item_type.pk)) if item_type else None
        usual = found.get((name, None)) or Target(metric=name, value=definition.asked)
        made[name] = Promise(mine or usual, own=mine is not None or item_type is None)
    return made


@transaction.atomic
def promise(metric: str, item_type: ItemType | None, said: Mapping[str, Any], *, by: Actor) -> bool:
    """Make a target say this, and return whether anything changed; a new value begins with a clean slate.

    Raises ValidationError where the row can't be so.
    """
    rows = Target.objects.select_for_update(of=("self",)).filter(metric=metric, item_type=item_type)
    row = rows.first() or Target(metric=metric, item_type=item_type, value=DEFINITIONS[metric].asked)
    before, new = _shown(row), row.pk is None
    for name, value in said.items():
        setattr(row, name, value)
    after = _shown(row)
    if not new and before == after:
        return False
    if before != after | {"alert": before["alert"]}:
        row.missed_since = row.told_at = None
    row.full_clean()
    row.save()
    data = {"metric": metric, "item_type": item_type.slug if item_type else None}
    verb = "target.created" if new else "target.changed"
    trail.record(verb, row, by=by, **data, before=None if new else before, after=after)
    return True


@transaction.atomic
def withdraw(metric: str, item_type: ItemType, *, by: Actor) -> bool:
    """Remove an item type's own target, so that the one of all counts; return whether there was one."""
    row = Target.objects.select_for_update(of=("self",)).filter(metric=metric, item_type=item_type).first()
    if row is None:
        return False
    trail.record(
        "target.removed", row, by=by, metric=metric, item_type=item_type.slug, before=_shown(row), after=None
    )
    row.delete()
    return True


def _shown(row: Target) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}
