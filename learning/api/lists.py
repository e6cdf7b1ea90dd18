"""What the lists of learning share: they may be narrowed to one item type."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import generics, serializers

from audit.strictness import PAGES, Strict
from routing import teams
from routing.router import find_type


class OneType(Strict):
    """The one item type that is asked about, if any."""

    item_type = serializers.CharField(required=False, max_length=50)


class TypeQuery(OneType):
    """What lists of pages may be narrowed by."""

    besides = PAGES


class TypeList(generics.ListAPIView):
    """A list of rows with an item type, for who may read about models."""

    required_scopes = "models:read"

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Return the rows of the item type that is asked for, or of all that the caller may see."""
        query = TypeQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        slug = query.validated_data.get("item_type")
        if slug:
            return queryset.filter(item_type=find_type(slug, caller=self.request))
        return teams.seen(queryset, self.request)
