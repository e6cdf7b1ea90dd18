"""Messages owed to clients: delivered, due, or parked until somebody sends them again; and their servers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from audit.admin import AuditedAdmin, FactAdmin
from routing import teams, webhooks
from routing.admin.lists import BoundedListMixin
from routing.admin.show import ago, badge, laid_out
from routing.admin.teams import OfTeams
from routing.errors import InvalidInput
from routing.models import Delivery, DeliveryAttempt, Endpoint
from routing.webhooks import endpoints

TIMES = ["created_at", "owed_at", "next_attempt_at", "delivered_at", "parked_at"]
SEND = "routing.change_delivery"


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("due", "Due"), ("parked", "Parked"), ("delivered", "Delivered")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        column = {"due": "next_attempt_at", "parked": "parked_at", "delivered": "delivered_at"}.get(
            self.value()
        )
        return queryset.filter(**{f"{column}__isnull": False}) if column else queryset


class AttemptInline(admin.TabularInline):
    model = DeliveryAttempt
    fields = ["at", "status", "said", "milliseconds"]
    readonly_fields = fields
    extra = 0
    can_delete = False
    classes = ["unnamed"]  # its own columns say all
    verbose_name_plural = "attempts, and what was answered"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("routing.view_delivery")


@admin.register(Delivery)
class DeliveryAdmin(OfTeams, BoundedListMixin, FactAdmin):
    type_path = "item__item_type"
    list_display = ["event", "url", "state", "attempts", "last_answer", "owed_since"]
    list_filter = [StateFilter, "event"]
    search_fields = ["url", "item__item_ref__startswith", "last_answer"]
    search_help_text = (
        "A part of the address or of what was answered, or the beginning of an item's reference."
    )
    fields = ["id", "event", "url", "item", "state", "attempts", "last_answer", *TIMES, "message"]
    inlines = [AttemptInline]
    actions = ["send_again"]
    change_list_template = "admin/routing/delivery/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.send_test)
        return [path("test/", view, name="routing_delivery_test"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Leave out what tells of hidden types, also where it is about no item: that training is due."""
        return teams.about_types(super().get_queryset(request), request)

    @admin.display(description="message")
    def message(self, row: Delivery) -> SafeString:
        return laid_out(row.body)

    @admin.display(description="state")
    def state(self, row: Delivery) -> SafeString:
        return badge("delivered" if row.delivered_at else "parked" if row.parked_at else "due")

    @admin.display(description="owed", ordering="id")
    def owed_since(self, row: Delivery) -> SafeString | str:
        return ago(row.created_at)

    @admin.action(description="Send the selected messages again", permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = webhooks.resend(queryset.values_list("pk", flat=True), by=request.user)
        messages.success(request, f"{count} sent again with the next run of the worker.")

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SEND)

    def send_test(self, request: HttpRequest) -> HttpResponse:
        """Ask for an address and owe it a message that says only that messages arrive."""
        if not self.has_send_permission(request):
            raise PermissionDenied
        url, error = request.POST.get("url", "").strip(), ""
        if request.method == "POST":
            try:
                row = webhooks.owe_test(url, by=request.user)
            except InvalidInput as problem:
                error = problem.problems[0].detail
            else:
                messages.success(request, "It goes out within a minute. Come back to see what was answered.")
                return HttpResponseRedirect(reverse("admin:routing_delivery_change", args=[row.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": "Send a test message",
            "opts": self.model._meta,
            "url": url,
            "error": error,
        }
        code = 400 if error else 200
        return render(request, "admin/routing/delivery/test.html", context, status=code)


@admin.register(Endpoint)
class EndpointAdmin(AuditedAdmin):
    list_display = ["origin", "state", "failures", "failing_since", "rests_until", "envelope"]
    list_filter = ["envelope"]
    search_fields = ["origin"]
    fields = ["origin", "envelope", "state", "failures", "failing_since", "rests_until"]
    actions = ["call_again"]

    def get_readonly_fields(self, request: HttpRequest, obj: Endpoint | None = None) -> list[str]:
        known = ["state", "failures", "failing_since", "rests_until"]
        return [*known, "origin"] if obj else known

    def has_delete_permission(self, request: HttpRequest, obj: Endpoint | None = None) -> bool:
        return False

    @admin.display(description="state")
    def state(self, row: Endpoint) -> SafeString:
        if row.rests_until and row.rests_until > timezone.now():
            return badge("rests", "bad")
        return badge("fails", "bad") if row.failures else badge("answers")

    @admin.action(description="Call the selected servers again now", permissions=["change"])
    def call_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = sum(endpoints.call_again(one, by=request.user) for one in queryset)
        messages.success(request, f"{count} waiting messages go out with the next run of the worker.")
