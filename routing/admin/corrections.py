"""The admin's list of corrections in use: which mistake gets which answer, how often, and until when."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from routing import corrections
from routing.admin.lists import BoundedListMixin, SearchByReference
from routing.admin.show import ago, badge, link, short
from routing.admin.teams import OfTeams
from routing.kinds import KINDS
from routing.models import Correction

HEAVY = ("item__payload", "item__context", "item__reasons", "item__shadow", "item__signals")


class InForceFilter(admin.SimpleListFilter):
    """Which corrections: those in force unless something else is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("ended", "Ended"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        """Name the default for what it is: those in force, in place of Django's “All”."""
        choices = list(super().choices(changelist))
        choices[0]["display"] = "In force"
        return choices

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if request.resolver_match.url_name != "routing_correction_changelist" or self.value() == "all":
            return queryset
        return queryset.filter(ended_at__isnull=self.value() != "ended")


@admin.register(Correction)
class CorrectionAdmin(OfTeams, SearchByReference, BoundedListMixin, FactAdmin):
    """One input whose wrong answer a person has corrected, for as long as the model repeats it."""

    note = (
        "A person was sure that the model’s answer is wrong. When the very same input comes again with the "
        "same wrong answer, it gets the corrected one, until the model answers otherwise."
    )
    list_display = ["reference", "mistake", "answer", "by", "uses", "noted", "state", "item_type"]
    list_filter = [InForceFilter, "item_type"]
    list_select_related = ["item", "item_type"]
    search_fields = ["item__item_ref"]
    search_help_text = "The whole reference of the item that was corrected."
    fieldsets = [
        (
            "What is corrected",
            {
                "fields": ["item_type", "from_item", "mistake", "answer", "by", "created_at"],
                "description": "Items with the very same input, for which the model says the same, get the "
                "corrected answer at once. Rules and “experts decide” still send them to people, and they "
                "are checked afterwards like any automated answer.",
            },
        ),
        (
            "In use",
            {
                "fields": ["state", "uses", "ended_at", "ended_because"],
                "description": "Uses count how often the same input came with the same mistake. It ends when "
                "somebody corrects it anew, when people decide otherwise, when the model answers otherwise, "
                "or by hand: choose it in the list and take “End”.",
            },
        ),
    ]
    actions = ["end"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer(*HEAVY)

    @admin.display(description="corrected item", ordering="item")
    def reference(self, row: Correction) -> str:
        return short(row.item.item_ref, 40)

    @admin.display(description="corrected item")
    def from_item(self, row: Correction) -> SafeString | str:
        return link(row.item)

    @admin.display(description="the model says")
    def mistake(self, row: Correction) -> str:
        return short(KINDS[row.item_type.kind].describe(row.said), 40)

    @admin.display(description="the answer is")
    def answer(self, row: Correction) -> str:
        return short(KINDS[row.item_type.kind].describe(row.label), 40)

    @admin.display(description="state", ordering="ended_at")
    def state(self, row: Correction) -> SafeString:
        if row.ended_at is None:
            return badge("in force", "good")
        return format_html("<span title='{}'>{}</span>", row.ended_because, badge("ended", "plain"))

    @admin.display(description="noted", ordering="id")
    def noted(self, row: Correction) -> SafeString | str:
        return ago(row.created_at)

    @admin.action(description="End: judge the same input by the model again", permissions=["steer"])
    def end(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = corrections.end(queryset.values_list("pk", flat=True), by=request.user)
        messages.success(request, f"{count} ended: the same input is judged by the model again.")

    def has_steer_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may end corrections."""
        return request.user.has_perm("routing.change_correction")
