"""Queues: who is given the work, how long they hold it, and how much waits."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.admin import AuditedAdmin
from routing import teams
from routing.admin.show import ago, badge
from routing.admin.staffing import staffing_page
from routing.models import Assignment, Queue


@admin.register(Queue)
class QueueAdmin(AuditedAdmin):
    asks_why = True
    change_form_template = "admin/routing/queue/change_form.html"
    list_display = [
        "slug",
        "group",
        "waiting",
        "overdue",
        "oldest",
        "lease_minutes",
        "sla_minutes",
        "state",
        "staffing",
    ]
    list_select_related = ["group"]
    fields = ["slug", "group", "lease_minutes", "sla_minutes", "timeout_hours", "paused_at"]

    def get_queryset(self, request: HttpRequest) -> Any:
        queryset = teams.queues(super().get_queryset(request), request)
        if request.resolver_match.url_name != "routing_queue_changelist":
            return queryset
        # Subqueries over the open seats alone: a join would walk every seat there ever was.
        seats = Assignment.objects.open().filter(queue=OuterRef("pk")).order_by().values("queue")
        late = seats.filter(due_at__lte=timezone.now())
        return queryset.annotate(
            waits=Coalesce(Subquery(seats.annotate(n=Count("pk")).values("n")), 0),
            late=Coalesce(Subquery(late.annotate(n=Count("pk")).values("n")), 0),
            since=Subquery(seats.annotate(first=Min("created_at")).values("first")),
        )

    @admin.display(description="waiting", ordering="waits")
    def waiting(self, row: Queue) -> int:
        return row.waits

    @admin.display(description="overdue", ordering="late")
    def overdue(self, row: Queue) -> SafeString:
        return badge(str(row.late), "bad" if row.late else "plain")

    @admin.display(description="oldest", ordering="since")
    def oldest(self, row: Queue) -> SafeString | str:
        return ago(row.since)

    @admin.display(description="state")
    def state(self, row: Queue) -> SafeString:
        return badge("paused", "warn") if row.paused_at else badge("open", "good")

    @admin.display(description="what if")
    def staffing(self, row: Queue) -> SafeString:
        url = reverse("admin:routing_queue_staffing", args=[row.pk])
        return format_html("<a href='{}'>staffing of {}</a>", url, row)

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "<int:pk>/staffing/",
            self.admin_site.admin_view(self.staffing_view),
            name="routing_queue_staffing",
        )
        return [page, *super().get_urls()]

    def staffing_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the what-if page of one queue to whoever may see queues."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return staffing_page(request, self, get_object_or_404(self.get_queryset(request), pk=pk))
