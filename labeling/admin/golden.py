"""The admin's pages of golden examples: the list, and what is kept twice or contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from labeling import golden
from labeling.alike.golden import COMPARED, doubles
from labeling.models import GoldenExample
from routing import personal
from routing.admin import pages
from routing.admin.lists import BoundedListMixin
from routing.admin.show import ago, badge, link, short
from routing.admin.teams import OfTeams
from routing.kinds import KINDS
from routing.models import ItemType

MAY_RETIRE = "labeling.change_goldenexample"
SHOWN = 20  # contradictions, and groups of duplicates, on one page
BY_HAND = "retired by hand"
DUPLICATE = "a newer example asks and answers almost the same"
CONTRADICTION = "it contradicts another example"


class WhyForm(ActionForm):
    """The acts on selected examples, and why they are done."""

    why = forms.CharField(
        required=False, max_length=200, label="Why", widget=forms.TextInput(attrs={"placeholder": BY_HAND})
    )


class RetireForm(forms.Form):
    """Which examples are retired, because they contradict one that is kept, or say the same."""

    retire = forms.ModelMultipleChoiceField(GoldenExample.objects.none())
    why = forms.ChoiceField(choices=[(CONTRADICTION, "contradiction"), (DUPLICATE, "duplicate")])

    def __init__(self, item_type: ItemType, data: Any) -> None:
        super().__init__(data)
        self.fields["retire"].queryset = GoldenExample.objects.filter(
            item_type=item_type, retired_at__isnull=True
        )


@pages.page("golden", "Golden examples", pages.ANSWERS, right="labeling.view_goldenexample")
def doubles_page(request: HttpRequest, model_admin: admin.ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show how many examples there are, which contradict each other and which say the same; retire some."""
    may_retire = request.user.has_perm(MAY_RETIRE)
    if request.method == "POST":
        if not may_retire:
            raise PermissionDenied
        _retire(request, item_type)
        return HttpResponseRedirect(request.path)
    found = doubles(item_type)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Golden examples of {item_type}",
        "opts": model_admin.model._meta,
        "original": item_type,
        "now": timezone.now(),
        "may_retire": may_retire,
        "in_use": _figures(item_type),
        "retired": _retired(item_type),
        "compared_at_most": COMPARED,
        "compared": found.compared,
        "hidden": "query" in golden.hidden(item_type, request.user),
        "contradictions": [_sides(item_type, pair) for pair in found.contradictions[:SHOWN]],
        "more_contradictions": max(len(found.contradictions) - SHOWN, 0),
        "duplicates": [_sides(item_type, group) for group in found.duplicates[:SHOWN]],
        "more_duplicates": max(len(found.duplicates) - SHOWN, 0),
        "because_contradiction": CONTRADICTION,
        "because_duplicate": DUPLICATE,
    }
    return TemplateResponse(request, "admin/routing/itemtype/golden.html", context)


@dataclass(frozen=True)
class Side:
    """One example beside another, with its answer in words."""

    example: GoldenExample
    said: str


def _sides(item_type: ItemType, examples: Iterable[GoldenExample]) -> list[Side]:
    kind = KINDS[item_type.kind]
    return [Side(one, kind.describe(one.edited_output)) for one in examples]


def _retire(request: HttpRequest, item_type: ItemType) -> None:
    form = RetireForm(item_type, request.POST)
    if not form.is_valid():
        messages.warning(request, "This has changed since you opened the page. Look again.")
        return
    ids = [row.pk for row in form.cleaned_data["retire"]]
    count = golden.retire(ids, why=form.cleaned_data["why"], by=request.user)
    messages.success(request, f"{count} retired; the others stay in use.")


def _figures(item_type: ItemType) -> dict[str, Any]:
    """Return how many examples are in use, of how many people, and the times of the oldest and newest."""
    rows = GoldenExample.objects.filter(item_type=item_type, retired_at__isnull=True)
    return rows.aggregate(
        count=Count("pk"),
        people=Count("user", distinct=True),
        oldest=Min("created_at"),
        newest=Max("created_at"),
    )


def _retired(item_type: ItemType) -> QuerySet:
    """Return why examples were retired, with how many, the most frequent first."""
    rows = GoldenExample.objects.filter(item_type=item_type, retired_at__isnull=False).order_by()
    return rows.values("retired_because").annotate(count=Count("pk")).order_by("-count")[:10]


class UseFilter(admin.SimpleListFilter):
    """Which examples: those in use, or those that were retired."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("used", "In use"), ("retired", "Retired")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() is None:
            return queryset
        return queryset.filter(retired_at__isnull=self.value() == "used")


@admin.register(GoldenExample)
class GoldenExampleAdmin(OfTeams, BoundedListMixin, FactAdmin):
    list_display = ["asked", "item_type", "taught", "who", "state", "when"]
    note = (
        "Answers that people gave, kept to teach: they go into few-shot prompts and into exports for "
        "language models. Contradictions and near-duplicates are on the item type’s page “Golden examples”."
    )
    list_filter = [UseFilter, "item_type"]
    list_select_related = ["item_type__subject_rights", "user"]
    actions = ["retire", "restore"]
    action_form = WhyForm
    fieldsets = [
        (None, {"fields": ["item_type", "query", "context", "output", "edited_output"]}),
        ("Where it comes from", {"fields": ["from_item", "from_review", "who", "guidelines", "created_at"]}),
        ("Versions", {"fields": ["version", "earlier", "retired_at", "retired_because"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("sketch")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Who may not see a question may not find out by searching what it says either."""
        return ("query",) if personal.may_see(request.user) else ("item__item_ref",)

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Who may not see personal data is told which of them a question holds, and no more."""
        shown = super().get_list_display(request)
        return shown if personal.may_see(request.user) else ["asked_or_hidden", *shown[1:]]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the example without the parts that this person may not see; it is never stored here."""
        row = super().get_object(request, object_id, from_field)
        for name in golden.hidden(row.item_type, request.user) if row else ():
            setattr(row, name, personal.HIDDEN)
        return row

    @admin.display(description="asked")
    def asked_or_hidden(self, row: GoldenExample) -> str:
        hides = "query" in golden.hidden(row.item_type, AnonymousUser())
        return personal.HIDDEN if hides else self.asked(row)

    @admin.display(description="asked")
    def asked(self, row: GoldenExample) -> str:
        return short(row.query, 70) or f"example {row.pk}"

    @admin.display(description="answer")
    def taught(self, row: GoldenExample) -> str:
        return short(row.edited_output, 70)

    @admin.display(description="by", ordering="user")
    def who(self, row: GoldenExample) -> str:
        return row.user.get_username() if row.user else "–"

    @admin.display(description="item")
    def from_item(self, row: GoldenExample) -> SafeString | str:
        return link(row.item)

    @admin.display(description="review")
    def from_review(self, row: GoldenExample) -> SafeString | str:
        return link(row.review)

    @admin.display(description="version of the guidelines")
    def guidelines(self, row: GoldenExample) -> str:
        return str(row.review.guidelines or "–") if row.review else "–"

    @admin.display(description="the version before")
    def earlier(self, row: GoldenExample) -> SafeString | str:
        return link(row.replaces)

    @admin.display(description="state")
    def state(self, row: GoldenExample) -> SafeString:
        return badge("retired", "plain") if row.retired_at else badge("in use", "good")

    @admin.display(description="kept", ordering="id")
    def when(self, row: GoldenExample) -> SafeString | str:
        return ago(row.created_at)

    @admin.action(description="Retire the selected examples", permissions=["steer"])
    def retire(self, request: HttpRequest, queryset: QuerySet) -> None:
        form = WhyForm(request.POST)
        form.fields["action"].choices = self.get_action_choices(request)
        why = (form.is_valid() and form.cleaned_data["why"].strip()) or BY_HAND
        count = golden.retire(queryset.values_list("pk", flat=True), why=why, by=request.user)
        messages.success(request, f"{count} retired: they teach no model and appear in no prompt any more.")

    @admin.action(description="Use the selected examples again", permissions=["steer"])
    def restore(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = golden.restore(queryset.values_list("pk", flat=True), by=request.user)
        messages.success(request, f"{count} in use again.")

    def has_steer_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_RETIRE)
