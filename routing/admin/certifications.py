"""Error targets: the page of what is proven of one, and the streams of decisions that proved it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from routing import policies
from routing.admin import pages, proving
from routing.admin.lists import BoundedListMixin
from routing.admin.show import ago, badge, laid_out, percent
from routing.admin.teams import OfTeams
from routing.certificates import certifying, checked, setbacks
from routing.models import Certification, ItemType


@pages.page("certificate", "Error target", pages.ROUTING)
def certificate(request: HttpRequest, model_admin: admin.ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show the stated target, what is proven of it and by what, what is missing, and what to do next."""
    now = timezone.now()
    policy = policies.newest(item_type)
    found = checked.checks([item_type], now=now).get(item_type.pk, checked.Checks())
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Error target of {item_type}",
        "opts": model_admin.model._meta,
        "original": item_type,
        "now": now,
        "policy": policy,
        "checks": found,
        "overturned": checked.overturned(item_type),
        "proposal": item_type.proposals.filter(closed_at=None).first(),
        "may_publish": request.user.has_perm("routing.add_policy"),
        "history": proving.history(item_type),
        "setback": next(iter(setbacks.setbacks([item_type])), None),
    }
    wanted = certifying.goal(item_type)
    if wanted is not None:
        context |= {"target": wanted} | proving.proven(item_type, policy, found, wanted, now=now)
        context["next"] = proving.advice(item_type, context)
    return TemplateResponse(request, "admin/routing/itemtype/certificate.html", context)


class RunsFilter(admin.SimpleListFilter):
    """Which streams: those that run, or those that have ended."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("runs", "Runs"), ("ended", "Ended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() is None:
            return queryset
        return queryset.filter(ended_at__isnull=self.value() == "runs")


@admin.register(Certification)
class CertificationAdmin(OfTeams, BoundedListMixin, FactAdmin):
    list_display = [
        "model",
        "item_type",
        "state",
        "target_said",
        "begun",
        "batches",
        "decisions",
        "missed",
        "ended_because",
    ]
    list_filter = [RunsFilter, "item_type"]
    list_select_related = ["item_type"]
    search_fields = ["model"]
    fieldsets = [
        (
            None,
            {"fields": ["item_type", "model", "state", "begun_at", "fed_at", "ended_at", "ended_because"]},
        ),
        ("What it is to prove", {"fields": ["stated", "target", "caught"]}),
        ("What was counted", {"fields": ["decisions", "missed", "batches", "cursor"]}),
        ("In full", {"classes": ["collapse"], "fields": ["states_laid_out", "detectors_laid_out"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        queryset = super().get_queryset(request)
        in_list = request.resolver_match.url_name == "routing_certification_changelist"
        return queryset.defer("states", "detectors") if in_list else queryset

    @admin.display(description="state", ordering="ended_at")
    def state(self, row: Certification) -> SafeString:
        return badge("ended", "plain") if row.ended_at else badge("runs", "good")

    @admin.display(description="target")
    def target_said(self, row: Certification) -> str:
        return f"{percent(row.stated['alpha'])} {ItemType.Of(row.stated['of']).label}"

    @admin.display(description="begun", ordering="begun_at")
    def begun(self, row: Certification) -> SafeString | str:
        return ago(row.begun_at)

    @admin.display(description="states")
    def states_laid_out(self, row: Certification) -> SafeString:
        return laid_out(row.states)

    @admin.display(description="detectors")
    def detectors_laid_out(self, row: Certification) -> SafeString:
        return laid_out(row.detectors)
