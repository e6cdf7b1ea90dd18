"""What people have answered so far, for the router."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.models import Label
from routing.models import ItemType


def answers(item_type: ItemType) -> Iterator[Any]:
    """Yield every different answer that people have given to items of this type, in one statement."""
    said = Label.objects.in_force().filter(item_type=item_type, label__isnull=False).order_by()
    yield from said.values_list("label", flat=True).distinct().iterator()
