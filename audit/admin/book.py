"""The trail in the admin: events and seals, to be read."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.admin.facts import BoundedPaginator, FactAdmin
from audit.models import AuditEvent, Seal

# A loose index scan: one look into the index a verb, where SELECT DISTINCT would read every event.
VERBS = """
WITH RECURSIVE seen AS (
    (SELECT verb FROM audit_auditevent ORDER BY verb LIMIT 1)
    UNION ALL
    SELECT (SELECT verb FROM audit_auditevent WHERE verb > seen.verb ORDER BY verb LIMIT 1)
    FROM seen WHERE seen.verb IS NOT NULL
)
SELECT verb FROM seen WHERE verb IS NOT NULL
"""


class VerbFilter(admin.SimpleListFilter):
    """What was done."""

    title = "verb"
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the verbs that occur."""
        with connection.cursor() as cursor:
            cursor.execute(VERBS)
            return [(verb, verb) for (verb,) in cursor.fetchall()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the events of the chosen verb: all where none is chosen, none of one that never occurred."""
        if not self.value():
            return queryset
        occurs = (self.value(), self.value()) in self.lookup_choices
        return queryset.filter(verb=self.value()) if occurs else queryset.none()


@admin.register(AuditEvent)
class AuditEventAdmin(FactAdmin):
    """Who did what to what; the newest first."""

    list_display = ["time", "actor", "verb", "subject", "request_id"]
    list_filter = [VerbFilter, "at"]  # a date hierarchy would read every event for its months
    looked_up = ("subject_type", "subject_id")
    search_fields = ["subject_id__exact", "actor__exact"]
    search_help_text = "A subject's whole id, or a whole actor such as user:rita."
    ordering = ["-id"]
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    fields = ["id", "time", "actor", "verb", "subject", "request_id", "details", "digest"]

    @admin.display(description="time", ordering="id")
    def time(self, row: AuditEvent) -> str:
        """Return when it happened, to the microsecond."""
        return timezone.localtime(row.at).isoformat(sep=" ", timespec="microseconds")

    @admin.display(description="subject")
    def subject(self, row: AuditEvent) -> str:
        """Return type and id."""
        return row.subject

    @admin.display(description="details")
    def details(self, row: AuditEvent) -> SafeString:
        """Return what else is known, laid out."""
        return format_html("<pre>{}</pre>", json.dumps(row.data, indent=2, ensure_ascii=False))


@admin.register(Seal)
class SealAdmin(FactAdmin):
    """The chain, the newest link first."""

    list_display = ["number", "at", "events", "first_id", "last_id", "complete_to", "digest"]
    ordering = ["-number"]
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
