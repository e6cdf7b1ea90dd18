"""The models page of the admin, runs, and the plan on the item type's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from learning import registry
from learning.models import Evaluation, LearningPlan, ModelVersion, Run, SamplingRun, TrainingRun
from routing.admin.confirming import Question, confirm
from routing.admin.item_types import ItemTypeAdmin
from routing.admin.lists import BoundedListMixin
from routing.admin.show import ago, badge, percent, short

State = ModelVersion.Status


class LearningPlanInline(admin.StackedInline):
    model = LearningPlan
    verbose_name_plural = "Learning plan"
    can_delete = False
    fieldsets = [
        (None, {"fields": ["active"]}),
        (
            "What to label next",
            {
                "fields": [
                    ("goal", "strategy", "uncertainty_weight"),
                    ("batch_size", "random_share", "label_budget"),
                ]
            },
        ),
        (
            "How to learn",
            {
                "fields": [
                    ("learner", "ensemble", "encoder"),
                    ("update", "half_life_days"),
                    ("trainer", "trainer_url"),
                    "ml_backend_url",
                ]
            },
        ),
        (
            "When to learn",
            {
                "fields": [
                    ("retrain_after", "retrain_days"),
                    ("drift_retrains", "drift_samples", "drift_tightens"),
                ]
            },
        ),
        (
            "What a new model must show",
            {
                "fields": [
                    "slices",
                    ("margin_overall", "margin_slice"),
                    ("most_ece", "most_milliseconds"),
                    ("shadow_labels", "auto_promote", "auto_roll_back"),
                ]
            },
        ),
    ]


# One page holds all choices about an item type; routing can't name what stands on it, so we add our part.
ItemTypeAdmin.inlines = [*ItemTypeAdmin.inlines, LearningPlanInline]


@admin.register(ModelVersion)
class ModelVersionAdmin(FactAdmin):
    change_form_template = "admin/learning/modelversion/change_form.html"
    list_display = ["name", "item_type", "state", "accuracy", "learner", "encoder", "labels_used", "made"]
    list_filter = ["item_type", "status", "learner"]
    fieldsets = [
        (None, {"fields": ["item_type", "number", "state", "accuracy", "learner", "encoder", "labels_used"]}),
        ("Where it comes from", {"fields": ["parent", "run", "created_at"]}),
        ("In force", {"fields": ["promoted_at", "promoted_by", "retired_at"]}),
        ("File", {"fields": ["artifact", "sha256"]}),
    ]

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
        wrap = self.admin_site.admin_view
        acts = [
            path(f"<int:pk>/{name}/", wrap(view), name=f"learning_modelversion_{name}")
            for name, view in (("promote", self.promote_view), ("retire", self.retire_view))
        ]
        return [*acts, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if row:
            may = request.user.has_perm("learning.change_modelversion")
            context = {
                "evaluations": list(row.evaluations.order_by("metric", "slice")),
                "reasons": row.verdict.get("reasons", []),
                "may_promote": may and row.status in registry.PROMOTABLE,
                "may_retire": may and row.status != State.RETIRED,
            }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def promote_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say which model would be replaced and how the two measured, ask why, and promote."""
        row = self._row(request, pk)
        champion = registry.champion(row.item_type)
        back = row.status == State.RETIRED
        question = Question(
            title=f"{'Roll back to' if back else 'Promote'} {row}",
            intro="From the next item on this model answers, in every process of the server.",
            changes=[*_replaces(champion), *_measured(row), *_gate(row)],
            button="Roll back" if back else "Promote",
            seen=f"{row.status} {champion}",
        )

        def act(reason: str) -> str:
            registry.promote(row, reason=reason, by=request.user)
            return f"{row} is the champion."

        return confirm(request, self, row, question, act)

    def retire_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what retiring means for this model, ask why, and retire it."""
        row = self._row(request, pk)
        if row.status == State.CHAMPION:
            said = "It is in force. Without it, items that come without a prediction wait for another."
        else:
            said = "It is not in force: nothing changes for items."
        question = Question(
            f"Retire {row}", "Its file and its numbers are kept.", [said], "Retire", row.status
        )

        def act(reason: str) -> str:
            registry.retire(row, reason=reason, by=request.user)
            return f"{row} is retired."

        return confirm(request, self, row, question, act)

    def _row(self, request: HttpRequest, pk: int) -> ModelVersion:
        if not request.user.has_perm("learning.change_modelversion"):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=pk)


def _replaces(champion: ModelVersion | None) -> list[str]:
    return [
        f"It replaces {champion}, which is retired."
        if champion
        else "There is no champion yet: it is the first."
    ]


def _measured(row: ModelVersion) -> list[str]:
    return [
        f"Accuracy {percent(one.value)} ({percent(one.low)} to {percent(one.high)}), {one.n} held-out items."
        for one in row.overall
    ] or ["It was never measured."]


def _gate(row: ModelVersion) -> list[str]:
    return [f"Gate: {reason}" for reason in row.verdict.get("reasons", [])]


class RunAdmin(BoundedListMixin, FactAdmin):
    """What the lists of runs share."""

    list_filter = ["item_type", "status"]
    list_select_related = ["item_type"]

    @admin.display(description="run", ordering="id")
    def name(self, row: Run) -> str:
        return str(row)

    @admin.display(description="state", ordering="status")
    def state(self, row: Run) -> SafeString:
        return badge(row.status)

    @admin.display(description="took")
    def took(self, row: Run) -> str:
        return f"{(row.finished_at - row.started_at).total_seconds():.1f} s" if row.finished_at else "–"

    @admin.display(description="started", ordering="id")
    def when(self, row: Run) -> SafeString | str:
        return ago(row.started_at)

    @admin.display(description="what happened")
    def outcome(self, row: Run) -> str:
        return short(row.error or row.progress, 80)


@admin.register(TrainingRun)
class TrainingRunAdmin(RunAdmin):
    list_display = [
        "name",
        "trigger",
        "state",
        "learner",
        "labels_used",
        "labels_held_out",
        "took",
        "outcome",
        "when",
    ]


@admin.register(SamplingRun)
class SamplingRunAdmin(RunAdmin):
    list_display = ["name", "trigger", "state", "strategy", "pool_size", "picked", "took", "outcome", "when"]


@admin.register(Evaluation)
class EvaluationAdmin(BoundedListMixin, FactAdmin):
    list_display = ["model_version", "metric", "slice", "number", "interval", "n"]
    list_filter = ["model_version__item_type", "metric"]
    list_select_related = ["model_version__item_type"]
    ordering = ["-model_version", "metric", "slice"]

    @admin.display(description="value", ordering="value")
    def number(self, row: Evaluation) -> str:
        return f"{row.value:.4f}"

    @admin.display(description="95 % interval")
    def interval(self, row: Evaluation) -> str:
        return "–" if row.low is None else f"{row.low:.4f} to {row.high:.4f}"
