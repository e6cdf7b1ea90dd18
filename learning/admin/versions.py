"""The plan on the item type's page of the admin, runs, and the numbers of models."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Field
from django.forms import Field as FormField
from django.forms import Select
from django.http import HttpRequest
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from learning.asking import batch
from learning.external import backends
from learning.learners import catalogue
from learning.models import Evaluation, LearningPlan, Run, SamplingRun, TrainingRun
from routing.admin.item_types import ItemTypeAdmin
from routing.admin.lists import BoundedListMixin
from routing.admin.show import ago, badge, short
from routing.admin.teams import OfTeams


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
                    ("ml_backend_url", "backend"),
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
                    ("margin_overall", "margin_slice", "must_be_better"),
                    ("most_ece", "most_milliseconds"),
                    ("shadow_labels", "auto_promote", "auto_roll_back"),
                ]
            },
        ),
    ]

    readonly_fields = ["backend"]

    @admin.display(description="ML backend at work")
    def backend(self, row: LearningPlan) -> str:
        return backends.describe(row)

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> FormField | None:
        """Offer the learners that there are; which those are says the settings, so the model can't."""
        if db_field.name == "learner":
            kwargs["widget"] = Select(
                choices=[(name, name) for name in catalogue.names(settings.HITL_LEARNERS)]
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


# One page holds all choices about an item type; routing can't name what stands on it, so we add our part.
ItemTypeAdmin.inlines = [*ItemTypeAdmin.inlines, LearningPlanInline]


class RunAdmin(OfTeams, BoundedListMixin, FactAdmin):
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

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the run with the suggestions as this person may see them; it is never stored here."""
        row = super().get_object(request, object_id, from_field)
        if row:
            row.suggestions = batch.shown(row, request.user)
        return row


@admin.register(Evaluation)
class EvaluationAdmin(OfTeams, BoundedListMixin, FactAdmin):
    type_path = "model_version__item_type"
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
