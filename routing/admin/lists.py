"""What the admin's lists of large tables share: no counting to the end, no searching without an index."""

from django.contrib.admin import ShowFacets
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from audit.admin import BoundedPaginator
from routing.models import ItemType


def by_reference(prefix: str, term: str) -> Q:
    """Return the condition that an item has exactly this reference, in the shape that its index answers."""
    types = list(ItemType.objects.values_list("pk", flat=True))
    return Q(**{f"{prefix}item_type__in": types, f"{prefix}item_ref": term.strip()})


class BoundedListMixin:
    """A list of a large table: pages without a full count, filters without counts of their own."""

    paginator = BoundedPaginator
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    list_per_page = 50


class SearchByReference:
    """A list whose search finds all rows of one item; `reference_prefix` leads from a row to its item."""

    search_help_text = "The whole reference of an item."
    reference_prefix = "item__"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, term: str
    ) -> tuple[QuerySet, bool]:
        """Return the rows of the item that has this reference."""
        return search_references(queryset, term, prefix=self.reference_prefix), False


def search_references(queryset: QuerySet, term: str, *, prefix: str = "") -> QuerySet:
    """Return the rows whose item has exactly this reference; all rows where nothing is asked."""
    return queryset.filter(by_reference(prefix, term)) if term.strip() else queryset
