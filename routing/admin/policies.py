"""Published policies: read, never changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from routing.admin.show import badge, laid_out
from routing.differences import differences
from routing.models import Policy


@admin.register(Policy)
class PolicyAdmin(FactAdmin):
    list_display = ["number", "item_type", "state", "reason", "published_by", "published_at"]
    list_filter = ["item_type", "published_at"]
    list_select_related = ["item_type"]
    search_fields = ["reason", "published_by"]
    ordering = ["-published_at"]
    fieldsets = [
        (None, {"fields": ["item_type", "number", "state", "reason", "published_by", "published_at"]}),
        ("What it changed", {"fields": ["changes"]}),
        ("In full", {"fields": ["rules_and_thresholds", "evidence_laid_out"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        latest = (
            Policy.objects.filter(item_type=OuterRef("item_type")).order_by("-number").values("number")[:1]
        )
        return super().get_queryset(request).annotate(latest=Subquery(latest))

    @admin.display(description="state")
    def state(self, row: Policy) -> SafeString:
        return badge("in force", "good") if row.number == row.latest else badge("replaced", "plain")

    @admin.display(description="compared with the one before")
    def changes(self, row: Policy) -> SafeString | str:
        before = (
            Policy.objects.filter(item_type=row.item_type_id, number__lt=row.number)
            .order_by("-number")
            .first()
        )
        said = differences(before.pure if before else None, row.pure)
        return format_html_join("", "<div class='change'>{}</div>", ((text,) for text in said)) or "nothing"

    @admin.display(description="snapshot")
    def rules_and_thresholds(self, row: Policy) -> SafeString:
        return laid_out(row.snapshot)

    @admin.display(description="evidence")
    def evidence_laid_out(self, row: Policy) -> SafeString | str:
        return laid_out(row.evidence) if row.evidence else "none was attached"
