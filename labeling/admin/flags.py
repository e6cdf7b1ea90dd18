"""The admin's list of labels that the automated checks find doubtful, and of what became of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from labeling.models import Flag
from labeling.quality import figures, seconds
from routing import teams
from routing.admin.confirming import ReasonForm
from routing.admin.lists import BoundedListMixin, search_references, titled
from routing.admin.show import ago, badge, link, percent, short
from routing.admin.teams import OfTeams
from routing.kinds import KINDS

DAYS = 30
MOST = 100  # flags dismissed at once
TONES = {Flag.Outcome.CHANGED: "bad", Flag.Outcome.CONFIRMED: "good", Flag.Outcome.DISMISSED: "plain"}
HEAVY_ITEM = ("item__payload", "item__context", "item__reasons", "item__shadow")
EXPLAINED = (
    "A check that no person makes found this label doubtful. Another person is asked to answer the item "
    "again, without seeing the label or knowing of the doubt. Where that person says the same, the label is "
    "confirmed; where not, an expert is shown both answers and decides."
)


class Settled(admin.SimpleListFilter):
    """Open flags, or those with one outcome."""

    title = "what became of it"
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "open"), ("lead", "open, and nobody is asked yet"), *Flag.Outcome.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "open":
            return queryset.filter(settled_at__isnull=True)
        if self.value() == "lead":
            return queryset.filter(settled_at__isnull=True, seat__isnull=True)
        return queryset.filter(outcome=self.value()) if self.value() else queryset


@admin.register(Flag)
class FlagAdmin(OfTeams, BoundedListMixin, FactAdmin):
    change_list_template = "admin/labeling/flag/change_list.html"
    list_display = ["reference", "says", "detail", "doubt", "state", "when"]
    list_filter = [Settled, titled("check_name", "check"), "item_type"]
    list_select_related = ["item", "item_type", "label", "label__user"]
    search_fields = ["item__item_ref"]
    search_help_text = "The whole reference of an item."
    actions = ["dismiss"]
    fieldsets = [
        (
            None,
            {
                "fields": ["about", "why", "detail", "doubt", "says", "said_by", "answer"],
                "description": EXPLAINED,
            },
        ),
        ("What became of it", {"fields": ["state", "asked", "settled_at", "reason"]}),
    ]
    readonly_fields = ["about", "why", "doubt", "says", "said_by", "answer", "state", "asked"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer(*HEAVY_ITEM)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, term: str
    ) -> tuple[QuerySet, bool]:
        return search_references(queryset, term, prefix="item__"), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        # Its figures are of all item types.
        shown = {"flagged": [] if teams.hidden(request) else _rows(), "days": DAYS}
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    @admin.display(description="item", ordering="id")
    def reference(self, row: Flag) -> str:
        return row.item.item_ref

    @admin.display(description="item")
    def about(self, row: Flag) -> SafeString | str:
        return link(row.item)

    @admin.display(description="what is doubtful")
    def why(self, row: Flag) -> str:
        return row.get_check_name_display()

    @admin.display(description="label")
    def says(self, row: Flag) -> str:
        return short(KINDS[row.item_type.kind].describe(row.label.label), 60)

    @admin.display(description="said by")
    def said_by(self, row: Flag) -> str:
        who = row.label.user.get_username() if row.label.user else "nobody known"
        return f"{who} ({row.label.get_source_display().lower()})"

    @admin.display(description="the item’s answer now")
    def answer(self, row: Flag) -> str:
        decided = row.item.decided_at is not None
        return short(KINDS[row.item_type.kind].describe(row.item.label), 60) if decided else "not decided"

    @admin.display(description="doubt", ordering="score")
    def doubt(self, row: Flag) -> str:
        return percent(row.score, 0)

    @admin.display(description="state")
    def state(self, row: Flag) -> SafeString:
        if row.outcome:
            return badge(row.outcome, TONES[Flag.Outcome(row.outcome)])
        return badge("asked again", "warn") if row.seat_id else badge("open", "warn")

    @admin.display(description="second look")
    def asked(self, row: Flag) -> SafeString | str:
        return link(row.seat, "its seat") if row.seat else "Nobody is asked."

    @admin.display(description="found", ordering="id")
    def when(self, row: Flag) -> SafeString | str:
        return ago(row.created_at)

    @admin.action(description="Dismiss the selected flags", permissions=["steer"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Ask why, then close the flags: nobody looks at these labels again because of them."""
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        chosen = list(queryset.filter(settled_at__isnull=True).order_by("pk")[: MOST + 1])
        if len(chosen) > MOST:
            messages.error(request, f"Choose at most {MOST} at once.")
            return None
        if form.is_valid():
            reason = form.cleaned_data["reason"].strip()
            count = seconds.dismiss([row.pk for row in chosen], reason=reason, by=request.user)
            messages.success(request, f"{count} dismissed.")
            return None
        if not chosen:
            messages.warning(request, "What you chose is settled already.")
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Dismiss doubts",
            "opts": self.model._meta,
            "flags": chosen,
            "form": form,
            "chosen_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/labeling/flag/dismiss.html", context)

    def has_steer_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("labeling.change_flag")


def _rows() -> list[dict[str, Any]]:
    """Return what each check flagged lately and how often it was right, as people read it."""
    return [
        {
            "check": Flag.Check(one.check).label,
            "flagged": one,
            "right": percent(one.right, 0),
            "between": f"{percent(one.low, 0)} to {percent(one.high, 0)}" if one.right is not None else "",
        }
        for one in figures.by_check(days=DAYS)
    ]
