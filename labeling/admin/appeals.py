"""The admin's list of disputes and what experts made of them, read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from labeling.models import Appeal
from routing.admin.lists import BoundedListMixin, SearchByReference, titled
from routing.admin.show import ago, badge, link, short
from routing.admin.teams import OfTeams
from routing.models import Status

HEAVY_ITEM = ("item__payload", "item__context", "item__reasons", "item__shadow")
TONES = {"open": "warn", "upheld": "good", "overturned": "bad", "withdrawn": "plain"}


@admin.register(Appeal)
class AppealAdmin(OfTeams, SearchByReference, BoundedListMixin, FactAdmin):
    type_path = "item__item_type"
    list_display = ["reference", "became", "grounds", "decider", "opened_by", "closed_by", "when"]
    note = (
        "Decisions disputed by whom they are about. An expert who had no part in the decision answers the "
        "item again, without seeing what was decided: upheld where they came to the same, else overturned."
    )
    list_filter = [titled("state", "what became of it"), "item__item_type"]
    list_select_related = ["item__item_type"]
    search_fields = ["item__item_ref"]
    fields = [
        "about",
        "became",
        "reason",
        "opened_at",
        "opened_by",
        "decision",
        "decider",
        "decided_at",
        "answer",
        "closed_at",
        "closed_by",
    ]
    readonly_fields = ["about", "became", "decision", "decider", "decided_at"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer(*HEAVY_ITEM)

    @admin.display(description="item", ordering="id")
    def reference(self, row: Appeal) -> str:
        return row.item.item_ref

    @admin.display(description="item")
    def about(self, row: Appeal) -> SafeString | str:
        return link(row.item)

    @admin.display(description="what became of it", ordering="state")
    def became(self, row: Appeal) -> SafeString:
        return badge(row.get_state_display(), TONES[row.state])

    @admin.display(description="reason")
    def grounds(self, row: Appeal) -> str:
        return short(row.reason, 60) if row.reason else "–"

    @admin.display(description="decision disputed")
    def decision(self, row: Appeal) -> str:
        refused = row.disputed_status == Status.REJECTED
        return "rejected" if refused else f"approved: {short(row.disputed_label, 200)}"

    @admin.display(description="decided by")
    def decider(self, row: Appeal) -> str:
        return row.disputed_by

    @admin.display(description="decided")
    def decided_at(self, row: Appeal) -> SafeString | str:
        return ago(row.disputed_at)

    @admin.display(description="opened", ordering="id")
    def when(self, row: Appeal) -> SafeString | str:
        return ago(row.opened_at)
