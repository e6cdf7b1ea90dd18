"""What the admin's lists of large tables share: no counting to the end, no searching without an index."""

from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet

from routing.models import ItemType

COUNTED = 10_000


class BoundedPaginator(Paginator):
    """Pages over the first ten thousand rows: to know how many there are beyond would read them all."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, ten thousand at most."""
        return self.object_list.order_by()[:COUNTED].count()

    @property
    def bounded(self) -> bool:
        """Whether there may be more rows than the pages show."""
        return self.count >= COUNTED


def by_reference(prefix: str, term: str) -> Q:
    """Return the condition that an item has exactly this reference, in the shape that its index answers."""
    types = list(ItemType.objects.values_list("pk", flat=True))
    return Q(**{f"{prefix}item_type__in": types, f"{prefix}item_ref": term.strip()})


class BoundedListMixin:
    """A list of a large table: newest first, pages without a full count."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50


def search_references(queryset: QuerySet, term: str, *, prefix: str = "") -> QuerySet:
    """Return the rows whose item has exactly this reference; all rows where nothing is asked."""
    return queryset.filter(by_reference(prefix, term)) if term.strip() else queryset
