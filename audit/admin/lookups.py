"""By what an address may narrow a list of the admin: by its filters, and by no other column."""

from __future__ import annotations

from django.core.exceptions import FieldDoesNotExist
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest


class NamedLookups:
    """A list narrowed by its filters, and by the columns of `looked_up`, which links lead to.

    Django lets an address name any column (`?payload__name__startswith=A`): letter by letter it would tell
    what the page itself hides.
    """

    looked_up: tuple[str, ...] = ()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Return whether the list may be narrowed so; a name that is no column's is Django's matter."""
        filters = self.get_list_filter(request)
        if lookup in {one.parameter_name for one in filters if isinstance(one, type)}:
            return True
        paths = [one if isinstance(one, str) else one[0] for one in filters if not isinstance(one, type)]
        first, *_ = lookup.split(LOOKUP_SEP)
        named = first in {path.split(LOOKUP_SEP)[0] for path in (*paths, *self.looked_up)}
        return (named or not self._is_column(first)) and super().lookup_allowed(lookup, value, request)

    def _is_column(self, name: str) -> bool:
        try:
            self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return name == "pk"
        return True
