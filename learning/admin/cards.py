"""The models page of the admin: a card for each, two side by side, promote, roll back, retire."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from audit import trail
from audit.admin import FactAdmin
from learning import card, comparing, plans, registry, succession
from learning.admin import questions
from learning.admin.reliability import picture
from learning.models import Evaluation, ModelVersion
from routing.admin.confirming import confirm
from routing.admin.lists import BoundedListMixin
from routing.admin.show import ago, badge, laid_out, percent
from routing.admin.teams import OfTeams
from routing.errors import HitlError

State = ModelVersion.Status
OTHERS = 100  # models to compare with, the newest
NAMES = {
    "accuracy": "accuracy",
    "macro_f1": "F1, each class alike (macro)",
    "weighted_f1": "F1, by how often classes come",
    "log_loss": "log loss",
    "ece": "calibration error (ECE)",
    "ece_raw": "the same with what chance adds to it",
    "aurc": "error rate of the surest, over all shares (AURC)",
    "fairness_gap": "how far apart in accuracy",
    "brier": "Brier score",
    "automation": "share that would be automated",
    "automated_accuracy": "accuracy of that share",
}


class Notes(forms.Form):
    """What people should know of a model."""

    notes = forms.CharField(
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="What it is for, and what it should not be used for",
        help_text="Shown on this card and in the API. Each change is kept in the trail.",
    )


class CompareForm(forms.Form):
    """Which model to compare with."""

    def __init__(self, data: Any, others: dict[int, ModelVersion]) -> None:
        super().__init__(data)
        choices = [(pk, f"{one} ({one.get_status_display().lower()})") for pk, one in others.items()]
        self.fields["with"] = forms.TypedChoiceField(coerce=int, choices=choices, label="Compare with")


@admin.register(ModelVersion)
class ModelVersionAdmin(OfTeams, BoundedListMixin, FactAdmin):
    change_form_template = "admin/learning/modelversion/change_form.html"
    list_display = ["name", "item_type", "state", "accuracy", "learner", "encoder", "labels_used", "made"]
    list_filter = ["item_type", "status", "trainer", "learner"]
    fields = ["number"]  # the template shows the rest

    def get_queryset(self, request: HttpRequest) -> Any:
        overall = Evaluation.objects.filter(metric="accuracy", slice="all")
        rows = (
            super().get_queryset(request).select_related("item_type", "parent__item_type", "run__item_type")
        )
        return rows.prefetch_related(Prefetch("evaluations", queryset=overall, to_attr="overall"))

    @admin.display(description="model", ordering="number")
    def name(self, row: ModelVersion) -> str:
        return str(row)

    @admin.display(description="state", ordering="status")
    def state(self, row: ModelVersion) -> SafeString:
        return badge(row.status)

    @admin.display(description="accuracy")
    def accuracy(self, row: ModelVersion) -> str:
        if not row.overall:
            return "–"
        one = row.overall[0]
        return f"{percent(one.value)} ({percent(one.low)} to {percent(one.high)}, n = {one.n})"

    @admin.display(description="made", ordering="created_at")
    def made(self, row: ModelVersion) -> SafeString | str:
        return ago(row.created_at)

    def get_urls(self) -> list[URLPattern]:
        views = {
            "promote": self.promote_view,
            "retire": self.retire_view,
            "note": self.note_view,
            "compare": self.compare_view,
        }
        acts = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"learning_modelversion_{name}")
            for name, view in views.items()
        ]
        return [*acts, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context = _card(row, request) if row else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def promote_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say which model would be replaced and how the two measured, ask why, and promote."""
        row = self._row(request, pk)
        question = questions.promote(row, registry.champion(row.item_type))

        def act(reason: str) -> str:
            registry.promote(row, reason=reason, by=request.user)
            return f"{row} is the champion."

        return confirm(request, self, row, question, act)

    def retire_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what retiring means for this model, ask why, and retire it."""
        row = self._row(request, pk)

        def act(reason: str) -> str:
            registry.retire(row, reason=reason, by=request.user)
            return f"{row} is retired."

        return confirm(request, self, row, questions.retire(row), act)

    def note_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep what the model's card says it is for."""
        row = self._row(request, pk)
        form = Notes(request.POST)
        if request.method == "POST" and form.is_valid():
            registry.note(row, form.cleaned_data["notes"].strip(), by=request.user)
            messages.success(request, "The card is kept.")
        elif form.errors:
            messages.error(request, " ".join(form.errors["notes"]))
        return HttpResponseRedirect(reverse("admin:learning_modelversion_change", args=[pk]))

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show this model and another one on the same held-out items."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        others = _others(row)
        form = CompareForm(request.GET if "with" in request.GET else None, others)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{row} beside another model",
            "opts": self.model._meta,
            "original": row,
            "form": form,
            "others": others,
            "most": comparing.MOST,
            **(_compared(row, others[form.cleaned_data["with"]]) if form.is_valid() else {}),
        }
        return TemplateResponse(request, "admin/learning/modelversion/compare.html", context)

    def _row(self, request: HttpRequest, pk: int) -> ModelVersion:
        if not request.user.has_perm("learning.change_modelversion"):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=pk)


def _card(row: ModelVersion, request: HttpRequest) -> dict[str, Any]:
    """Return what the template of a model's card shows."""
    may = request.user.has_perm("learning.change_modelversion")
    champion = row.status == State.CHAMPION
    numbers = list(row.evaluations.order_by("metric", "slice"))
    of_class = [one for one in numbers if one.slice.startswith("class: ")]
    trail_is_open = request.user.has_perm("audit.view_auditevent")
    return {
        "card": card.read(row),
        "plan": plans.of(row.item_type),
        "overall": sorted(_named(one for one in numbers if one.slice == "all"), key=_place),
        "slices": _named(one for one in numbers if one.slice != "all" and one not in of_class),
        "classes": _by_class(of_class),
        "picture": picture(row.report.get("reliability", [])),
        "reasons": row.verdict.get("reasons", []),
        "broken": champion and not registry.usable(row),
        "fallback": succession.fallback(row.item_type) if champion else None,
        "events": _events(row) if trail_is_open else None,
        "notes_form": Notes(initial={"notes": row.notes}) if may else None,
        "compare_form": CompareForm(None, _others(row)),
        "may": may,
        "may_promote": may and row.status in registry.PROMOTABLE,
        "may_retire": may and row.status != State.RETIRED,
    }


def _events(row: ModelVersion) -> list[dict[str, Any]]:
    return [{"row": event, "data": laid_out(event.data)} for event in trail.story(row)]


def _named(numbers: Iterable[Evaluation]) -> list[dict[str, Any]]:
    return [{"name": NAMES.get(one.metric, one.metric), "row": one} for one in numbers]


def _place(line: dict[str, Any]) -> int:
    order, metric = list(NAMES), line["row"].metric
    return order.index(metric) if metric in order else len(order)


def _by_class(numbers: list[Evaluation]) -> list[dict[str, Any]]:
    """Return recall and precision of each class in one row, the lowest recall first."""
    found: dict[str, dict[str, Any]] = {}
    for one in numbers:
        name = one.slice.removeprefix("class: ")
        found.setdefault(name, {"name": name})[one.metric] = one
    return sorted(found.values(), key=lambda row: row["recall"].value if "recall" in row else 1.0)


def _others(row: ModelVersion) -> dict[int, ModelVersion]:
    rows = ModelVersion.objects.select_related("item_type").filter(item_type=row.item_type)
    rows = rows.exclude(pk=row.pk).exclude(status=State.EXAM).order_by("-number")
    return {one.pk: one for one in rows[:OTHERS]}


def _compared(row: ModelVersion, other: ModelVersion) -> dict[str, Any]:
    try:
        return {"other": other, "found": comparing.compare(row, other)}
    except HitlError as error:
        return {"other": other, "impossible": error.detail}
