"""The admin's lists of what people said: labels, reviews and sittings, all read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from labeling.models import Label, Review, ReviewSession
from routing.admin.lists import LOOKS, BoundedListMixin, SearchByReference, titled
from routing.admin.show import ago, badge, percent, short
from routing.admin.teams import OfTeams

HEAVY_ITEM = ("item__payload", "item__context", "item__reasons", "item__shadow")


@admin.register(Review)
class ReviewAdmin(OfTeams, SearchByReference, BoundedListMixin, FactAdmin):
    type_path = "item__item_type"
    list_display = ["item", "user", "did", "said", "against_ai", "blind", "seconds", "when"]
    note = "What one person did at one item: the act, the answer, and the seconds that it took."
    list_filter = [
        titled("action", "act"),
        titled("agrees_with_ai", "agrees with the model"),
        titled("blind", "blind: the model’s answer was hidden"),
        "item__item_type",
    ]
    list_select_related = ["item", "user"]
    search_fields = ["item__item_ref"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer(*HEAVY_ITEM)

    @admin.display(description="act", ordering="action")
    def did(self, row: Review) -> SafeString:
        tone = {"approve": "good", "edit": "warn", "reject": "bad"}.get(row.action, "plain")
        return badge(row.action, tone)

    @admin.display(description="label")
    def said(self, row: Review) -> str:
        return short(row.label, 40) if row.label is not None else "–"

    @admin.display(description="agrees with the model", boolean=True)
    def against_ai(self, row: Review) -> bool | None:
        return row.agrees_with_ai

    @admin.display(description="seconds")
    def seconds(self, row: Review) -> str:
        return "–" if row.time_spent_ms is None else f"{row.time_spent_ms / 1000:.1f}"

    @admin.display(description="when", ordering="id")
    def when(self, row: Review) -> SafeString | str:
        return ago(row.created_at)


@admin.register(Label)
class LabelAdmin(OfTeams, SearchByReference, BoundedListMixin, FactAdmin):
    type_path = "item_type__pk"
    list_display = [
        "reference",
        "says",
        "user",
        "look",
        "model_was_sure",
        "weighs",
        "held_out",
        "item_type",
        "when",
    ]
    note = (
        "What one person said an item is, and by what kind of look. Models learn from it by its weight: 1 "
        "where the person confirmed the model, 2 where they rejected its answer, 3 where they gave another, "
        "times how sure they said they were. Of items held out no model learns: they judge models."
    )
    legend = LOOKS + " Import and feedback came from outside."
    list_filter = [
        "item_type",
        titled("source", "look"),
        titled("feedback_type", "what it says of the model’s answer"),
        titled("reserved", "held out"),
    ]
    list_select_related = ["item_type", "user"]
    search_fields = ["item_ref"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, term: str
    ) -> tuple[QuerySet, bool]:
        return (queryset.filter(item_ref=term.strip()) if term.strip() else queryset), False

    @admin.display(description="label")
    def says(self, row: Label) -> str:
        return short(row.label, 40)

    @admin.display(description="item", ordering="item_ref")
    def reference(self, row: Label) -> str:
        return row.item_ref

    @admin.display(description="look", ordering="source")
    def look(self, row: Label) -> str:
        return row.get_source_display().lower()

    @admin.display(description="weight", ordering="weight")
    def weighs(self, row: Label) -> str:
        return f"{row.weight:.2f}"

    @admin.display(description="held out", ordering="reserved")
    def held_out(self, row: Label) -> str:
        return "yes" if row.reserved else "–"

    @admin.display(description="model’s confidence")
    def model_was_sure(self, row: Label) -> str:
        return percent(row.prev_confidence)

    @admin.display(description="when", ordering="id")
    def when(self, row: Label) -> SafeString | str:
        return ago(row.ts)


@admin.register(ReviewSession)
class ReviewSessionAdmin(BoundedListMixin, FactAdmin):
    note = "One sitting of one person: from their first item until they end it or stop answering."
    list_display = ["user", "started_at", "last_active_at", "state"]
    list_filter = ["user"]
    list_select_related = ["user"]
    ordering = ["-started_at"]

    @admin.display(description="state")
    def state(self, row: ReviewSession) -> SafeString:
        return badge("ended", "plain") if row.ended_at else badge("open", "good")
