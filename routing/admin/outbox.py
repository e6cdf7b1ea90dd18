"""Messages owed to clients: delivered, due, or parked until somebody sends them again."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from routing import teams, webhooks
from routing.admin.lists import BoundedListMixin
from routing.admin.show import ago, badge, laid_out
from routing.admin.teams import OfTeams
from routing.models import Delivery, ItemType

TIMES = ["created_at", "next_attempt_at", "delivered_at", "parked_at"]


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


@admin.register(Delivery)
class DeliveryAdmin(OfTeams, BoundedListMixin, FactAdmin):
    type_path = "item__item_type"
    list_display = ["event", "url", "state", "attempts", "last_answer", "owed_since"]
    list_filter = [StateFilter, "event"]
    search_fields = ["url"]
    fields = ["id", "event", "url", "item", "state", "attempts", "last_answer", *TIMES, "message"]
    actions = ["send_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Leave out what tells of hidden types, also where it is about no item: that training is due."""
        rows, kept_back = super().get_queryset(request), teams.hidden(request)
        slugs = list(ItemType.objects.filter(pk__in=kept_back).values_list("slug", flat=True))
        told = Q(item__isnull=True, body__data__item_type__in=slugs)
        return rows.exclude(told) if kept_back else rows

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
        return request.user.has_perm("routing.change_delivery")
