"""What the list of items may be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet

from audit.strictness import MomentFilter, OneOfFilter
from routing.models import Action, Assignment, Item, Status


class NumberFilter(django_filters.Filter):
    """A finite number, compared as the column's own type."""

    field_class = forms.FloatField


class ItemFilter(django_filters.FilterSet):
    """Query parameters of the list of items; together they narrow it."""

    item_type = django_filters.CharFilter("item_type__slug", label="The item type's short name.")
    item_ref = django_filters.CharFilter(label="Your own name of the item.")
    status = OneOfFilter(choices=Status.choices, label="Where it stands.")
    action = OneOfFilter(choices=Action.choices, label="What the router did with it.")
    queue = django_filters.CharFilter(method="waiting_in", label="The queue in which it waits.")
    min_confidence = NumberFilter("confidence", "gte", label="The least confidence.")
    max_confidence = NumberFilter("confidence", "lte", label="The greatest confidence.")
    created_after = MomentFilter("created_at", "gte", label="From this time on.")
    created_before = MomentFilter("created_at", "lt", label="Before this time.")

    class Meta:
        model = Item
        fields: list[str] = []

    def waiting_in(self, items: QuerySet[Item], name: str, value: Any) -> QuerySet[Item]:
        """Return the items that have an open seat in the queue of this name."""
        seats = Assignment.objects.open().filter(item=OuterRef("pk"), queue__slug=value)
        return items.filter(Exists(seats))
