"""What the lists and forms of tables with an item type share: what a team keeps to itself is not there."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import RelatedFieldListFilter
from django.db.models import Field, ForeignKey, Model, Q, QuerySet
from django.http import HttpRequest

from routing import teams
from routing.models import ItemType, Queue


class SeenTypes(RelatedFieldListFilter):
    """A filter by item type that names those alone which its reader may see."""

    def field_choices(self, field: Field, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """Return the choices."""
        ordering = self.field_admin_ordering(field, request, model_admin)
        kept_back = ~Q(pk__in=teams.hidden(request))
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=kept_back)


class OfTeams:
    """An admin of rows that have an item type at `type_path`; those of hidden types are as if they were not.

    What its pages and actions do follows, as they go by `get_queryset`.
    """

    type_path = "item_type"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Return the rows that this person may see."""
        return teams.seen(super().get_queryset(request), request, path=self.type_path)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Return the filters; those by item type name what this person may see."""
        return [_seen(one) for one in super().get_list_filter(request)]

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **options: Any) -> Any:
        """Offer what this person may see."""
        return super().formfield_for_foreignkey(db_field, request, **offered(db_field, request) | options)


def offered(db_field: ForeignKey, request: HttpRequest) -> dict[str, QuerySet]:
    """Return which item types or queues a form offers this person, as its field's `queryset`."""
    model: type[Model] = db_field.remote_field.model
    if model is ItemType:
        return {"queryset": teams.visible(ItemType.objects.all(), request)}
    return {"queryset": teams.queues(Queue.objects.all(), request)} if model is Queue else {}


def _seen(entry: Any) -> Any:
    by_type = isinstance(entry, str) and entry.rpartition("__")[2] == "item_type"
    return (entry, SeenTypes) if by_type else entry
