"""The page at `/`: what each role needs first, and the figures for whom they concern."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hitl_project import attention, targets
from hitl_project.compliance.access import READS_THE_BOOK
from hitl_project.dashboard import drawing, hours, mine, people, periods, state, steps, tiles
from hitl_project.dashboard.asking import Asked, asks
from hitl_project.goals import remembering
from hitl_project.goals.estimates import Estimate, together
from hitl_project.goals.facts import added
from hitl_project.goals.keeping import of_days
from hitl_project.goals.promises import promises
from hitl_project.goals.told import TOLD, told
from routing.roles import SEES_FIGURES

STEERS, SETS_UP = "routing.change_assignment", "routing.add_itemtype"
# The figures that each role is shown large; all others stand in a table below.
LARGE = {
    "admin": ("automation_rate", "system_accuracy", "correction_rate", "cost_per_decision"),
    "lead": ("automation_rate", "system_accuracy", "sla_compliance", "cases_per_hour"),
    "compliance": ("system_accuracy", "false_positive_rate", "expert_validation", "overturned_disputes"),
    "figures": ("automation_rate", "review_rate", "system_accuracy", "correction_rate"),
}
SMALL = (
    "review_rate",
    "system_accuracy",
    "false_positive_rate",
    "correction_rate",
    "human_ai_agreement",
    "agreement",
    "expert_validation",
    "time_to_review",
    "cases_per_hour",
    "queue_time",
    "time_to_resolution",
    "sla_compliance",
    "cost_per_decision",
    "learning_acceleration",
)
# What each role needs first; who has several roles sees their own work before all else.
ORDERS = {
    "admin": ("mine", "steps", "attention", "running", "figures", "people", "targets", "models", "book"),
    "lead": ("mine", "steps", "people", "attention", "figures", "targets", "models"),
    "compliance": ("mine", "book", "figures", "targets", "people", "models"),
    "figures": ("mine", "figures", "people", "targets", "models"),
}


@never_cache
@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show everybody what they need first: their own work, and the figures where these concern them."""
    now = timezone.now()
    if not request.user.has_perm(SEES_FIGURES):
        context = {"own": mine.mine(request.user, now), "now": now, "role": role(request)}
        return render(request, "dashboard/own.html", context)
    asked = asks(request, periods.period(request.GET.get("days")), now)
    order = ORDERS[role(request)]
    context = asked.context | {"periods": periods.PERIODS.values()}
    for name in order:
        context |= PARTS[name](asked)
    context["order"] = [f"dashboard/parts/{name}.html" for name in order]
    return render(request, "dashboard/dashboard.html", context)


def role(request: HttpRequest) -> str:
    """Return as what somebody is shown the page: by the rights they have, as what carries most of them."""
    user = request.user
    if not user.has_perm(SEES_FIGURES):
        return "client" if user.groups.filter(name="clients").exists() else "reviewer"
    if user.has_perm(SETS_UP):
        return "admin"
    if user.has_perm(STEERS):
        return "lead"
    return "compliance" if user.has_perm(READS_THE_BOOK) else "figures"


def figures(asked: Asked) -> dict[str, Any]:
    """Return the figures of the period beside those before it, and the charts."""
    shown = remembering.facts(asked.now)
    if shown.facts is None:
        return {"facts": None}
    facts, made = shown.facts, promises(asked.chosen)
    days, earlier = periods.split(facts.days, asked.period)
    found, before = of_days(facts, asked.of, days), of_days(facts, asked.of, earlier)
    elsewhere = told(asked.of, now=asked.now)
    for name in TOLD:
        found[name] = together([elsewhere[one.pk].get(name, Estimate()) for one in asked.of])
    today = timezone.localdate(asked.now)
    rows = {one.name: one for one in tiles.tiles(found, before, made, today=today)}
    large = LARGE[role(asked.request)]
    came = added(facts.of_type(one.pk, days) for one in asked.of)
    if asked.period is periods.TODAY:
        plots = drawing.by_hour(hours.steps([one.pk for one in asked.of], asked.now))
    else:
        cells = [added(facts.cells.get((one.pk, day)) for one in asked.of) for day in days]
        plots = drawing.by_day(days, cells, made["automation_rate"].on(today))
    return {
        "facts": facts,
        "late": shown.late,
        "came": came,
        "plots": plots,
        "large": [rows[name] for name in large],
        "small": [("", [rows[name] for name in SMALL if name not in large])],
    }


PARTS: dict[str, Callable[[Asked], dict[str, Any]]] = {
    "mine": lambda asked: {"mine": mine.mine(asked.request.user, asked.now)},
    "steps": lambda asked: {"steps": steps.missing(asked.request)},
    "attention": lambda asked: {"matters": attention.waiting(asked.request.user, asked.request)},
    "running": lambda asked: {"running": state.running(asked.types)},
    "figures": figures,
    "people": lambda asked: people.now_waiting(asked.request, asked.now),
    "targets": lambda asked: {"targets": targets.standings(asked.of, days=asked.period.days, now=asked.now)},
    "models": lambda asked: state.models(asked.of),
    "book": lambda asked: state.book(),
}
