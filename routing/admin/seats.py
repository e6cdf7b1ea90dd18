"""Assignments: who holds what until when, what waits, and what is late."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from routing import assignments
from routing.admin.lists import LOOKS, BoundedListMixin, search_references
from routing.admin.show import badge, due_in
from routing.admin.teams import OfTeams
from routing.models import Assignment, Priority


class StateFilter(admin.SimpleListFilter):
    """Which seats: the open ones unless something else is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("held", "Held now"),
            ("free", "Free"),
            ("overdue", "Overdue"),
            ("timed_out", "Past their time limit"),
            ("closed", "Closed"),
        ]

    def choices(self, changelist: Any) -> Any:
        """Name the default for what it is: the open ones, in place of Django's “All”."""
        choices = list(super().choices(changelist))
        choices[0]["display"] = "Open"
        return choices

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if request.resolver_match.url_name != "routing_assignment_changelist":
            return queryset
        now = timezone.now()
        if self.value() == "closed":
            return queryset.filter(closed_at__isnull=False)
        opened = queryset.filter(closed_at__isnull=True)
        if self.value() == "held":
            return opened.filter(leased_until__gt=now)
        if self.value() == "free":
            return opened.exclude(leased_until__gt=now)
        if self.value() == "overdue":
            return opened.filter(due_at__lte=now)
        return opened.filter(overdue_at__isnull=False) if self.value() == "timed_out" else opened


@admin.register(Assignment)
class AssignmentAdmin(OfTeams, BoundedListMixin, FactAdmin):
    note = (
        "A seat is one person’s look at one item. It is open while somebody holds it or it waits for anybody."
    )
    legend = LOOKS
    list_display = ["item", "item_type", "queue", "why", "how_soon", "due", "state"]
    list_filter = [StateFilter, "queue", "item_type", "purpose", "priority"]
    list_select_related = ["item", "item_type", "queue", "user"]
    search_fields = ["item__item_ref"]
    search_help_text = "The whole reference of an item."
    ordering = ["due_at", "id"]
    actions = ["give_back"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            super()
            .get_queryset(request)
            .defer("item__payload", "item__context", "item__reasons", "item__shadow")
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, term: str
    ) -> tuple[QuerySet, bool]:
        return search_references(queryset, term, prefix="item__"), False

    @admin.display(description="purpose", ordering="purpose")
    def why(self, row: Assignment) -> str:
        return f"{row.purpose}, blind" if row.blind else row.purpose

    @admin.display(description="priority", ordering="priority")
    def how_soon(self, row: Assignment) -> SafeString | str:
        tone = {Priority.URGENT: "bad", Priority.HIGH: "warn"}.get(row.priority)
        return badge(row.get_priority_display(), tone) if tone else row.get_priority_display()

    @admin.display(description="state")
    def state(self, row: Assignment) -> SafeString | str:
        if row.closed_at:
            by = f" by {row.user}" if row.user_id else ""
            return badge(f"{row.outcome}{by}", "good" if row.outcome == "answered" else "plain")
        if row.leased_until and row.leased_until > timezone.now():
            return badge(f"{row.user}, until {timezone.localtime(row.leased_until):%H:%M}", "warn")
        return "free"

    @admin.display(description="due", ordering="due_at")
    def due(self, row: Assignment) -> SafeString | str:
        return "–" if row.closed_at else due_in(row.due_at, timezone.now())

    @admin.action(description="Give the selected seats back to the queue", permissions=["steer"])
    def give_back(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = assignments.free(queryset.values_list("pk", flat=True), by=request.user)
        if count:
            messages.success(
                request, f"{count} given back: anybody may claim {'it' if count == 1 else 'them'} now."
            )
        else:
            messages.info(request, "None of these is held by anybody.")

    def has_steer_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("routing.change_assignment")
