"""The admin of feedback: what production said of single items, and its figures by item type."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from labeling.feedback.figures import figures
from labeling.feedback.opportunities import first
from labeling.models import ProductionFeedback
from routing.admin.lists import BoundedListMixin, SearchByReference, titled
from routing.admin.pages import ANSWERS, page
from routing.admin.show import ago, badge, short
from routing.admin.teams import OfTeams
from routing.models import ItemType

DAYS = (7, 30, 90)
FEW = 20  # judged answers under which a share says nothing
PARTS = (
    ("class", "Class", "What the model said."),
    ("score", "Score", "How sure it was, after calibration where there is one."),
    ("model", "Model", "Which model said it."),
)


@admin.register(ProductionFeedback)
class ProductionFeedbackAdmin(OfTeams, SearchByReference, BoundedListMixin, FactAdmin):
    """What production learnt later of one item's answer."""

    type_path = "item__item_type"
    list_display = ["item", "verdict", "said", "instead", "user", "told"]
    note = (
        "What clients learnt of an answer after it was used, sent with POST /api/v1/feedback/. "
        "An answer that is called wrong goes to an expert once."
    )
    list_filter = [titled("correct", "the answer was right"), "item__item_type"]
    list_select_related = ["item", "user"]
    search_fields = ["item__item_ref"]
    fieldsets = [
        (
            "What was told",
            {
                "fields": ["item", "verdict", "said", "instead", "user", "created_at"],
                "description": "The first time that an answer is called wrong an expert is asked; it stands "
                "until the expert differs. A label that came with it is among the labels.",
            },
        )
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("item__payload", "item__context", "item__reasons")

    @admin.display(description="the answer was", ordering="correct")
    def verdict(self, row: ProductionFeedback) -> SafeString:
        return badge("right", "good") if row.correct else badge("wrong", "bad")

    @admin.display(description="answer")
    def said(self, row: ProductionFeedback) -> str:
        return short(row.answer, 40) if row.answer is not None else "–"

    @admin.display(description="right instead")
    def instead(self, row: ProductionFeedback) -> str:
        return short(row.label, 40) if row.label is not None else "–"

    @admin.display(description="told", ordering="id")
    def told(self, row: ProductionFeedback) -> SafeString | str:
        return ago(row.created_at)


@page("feedback", "Feedback", ANSWERS)
def feedback_page(request: HttpRequest, model_admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show what people and production said of the model's answers, and where most is to be gained."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, DAYS) else 30
    found = figures(item_type, days)
    spoken = [
        ("said the same", found.positive, "good"),
        ("gave another answer", found.correction, "warn"),
        ("rejected it without one", found.negative, "bad"),
    ]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Feedback on {item_type}",
        "opts": model_admin.model._meta,
        "original": item_type,
        "windows": DAYS,
        "days": days,
        "few": FEW,
        "found": found,
        "spoken": [
            (word, count, count / found.total if found.total else 0.0, tone) for word, count, tone in spoken
        ],
        "parts": [(title, why, first(found.opportunities, by)) for by, title, why in PARTS],
    }
    return TemplateResponse(request, "admin/routing/itemtype/feedback.html", context)
