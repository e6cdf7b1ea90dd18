"""How far people should agree with each other and with experts: the editable targets of these figures."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone

from labeling.people.asked import AGREED, AGREEMENT, VALIDATED, VALIDATION
from routing.models import ItemType, Target


def agreement(types: Collection[ItemType]) -> dict[int, float | None]:
    """Return by item type's id the agreement its people should reach today; None where nobody wants one."""
    return _today(AGREEMENT, types, AGREED)


def validation(types: Collection[ItemType]) -> dict[int, float | None]:
    """Return by item type's id the share of reviewers' decisions that experts should uphold today."""
    return _today(VALIDATION, types, VALIDATED)


def _today(metric: str, types: Collection[ItemType], usual: float) -> dict[int, float | None]:
    """Return each type's own target, else that of all, else the usual one: one statement."""
    rows = Target.objects.filter(Q(item_type__in=types) | Q(item_type=None), metric=metric)
    found = {row.item_type_id: row.on(timezone.localdate()) for row in rows}
    return {one.pk: found.get(one.pk, found.get(None, usual)) for one in types}
