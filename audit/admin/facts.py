"""The admin of rows that are facts: to be read, by whom the right says, and changed by nobody."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest

from audit.admin.lookups import NamedLookups

COUNTED = 10_000


class BoundedPaginator(Paginator):
    """Pages over the first ten thousand rows: counting a million for each list would read them all."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, ten thousand at most."""
        return self.object_list.order_by()[:COUNTED].count()


class FactAdmin(NamedLookups, admin.ModelAdmin):
    """An admin that shows rows and lets nobody add, change or delete one, superusers included."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return false."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return false."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return false."""
        return False
