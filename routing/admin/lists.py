"""What the admin's lists of large tables share: no counting to the end, no searching without an index."""

from typing import Any

from django.contrib.admin import FieldListFilter, ShowFacets
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from audit.admin import BoundedPaginator
from routing.models import ItemType

LOOKS = (
    "Looks: review is the ordinary one. Overlap and second are further opinions, expert decides. Audit "
    "checks what was automated, and seed is an audit of what is known to be wrong. Validate is an expert’s "
    "check of what reviewers decided, gold a question whose answer is known. Appeal is an "
    "expert’s answer to a dispute. Learn was picked to teach the model."
)


def by_reference(prefix: str, term: str) -> Q:
    """Return the condition that an item has exactly this reference, in the shape that its index answers."""
    types = list(ItemType.objects.values_list("pk", flat=True))
    return Q(**{f"{prefix}item_type__in": types, f"{prefix}item_ref": term.strip()})


def titled(name: str, title: str) -> tuple[str, type[FieldListFilter]]:
    """Return an entry of `list_filter` for a field, under a title in the words of the list."""

    class Titled(FieldListFilter):
        def __new__(cls, *args: Any, **kwargs: Any) -> FieldListFilter:
            made = FieldListFilter.create(*args, **kwargs)
            made.title = title
            return made

    return name, Titled


class BoundedListMixin:
    """A list of a large table: pages without a full count, filters without counts of their own.

    `note` stands above the list and says what one row is, `legend` under it what its short words mean.
    """

    note = ""
    legend = ""
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
