"""The page at `/`: how much runs without people, how right it is, what waits, and what was changed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format

from hitl_project import charts, flow, targets
from hitl_project.flow import Step
from labeling import metrics as labeling_metrics
from learning.models import Evaluation, ModelVersion
from routing import metrics as routing_metrics
from routing import teams
from routing.models import ItemType, Policy, Queue
from routing.roles import SEES_FIGURES

PERIODS = {1: "24 hours", 7: "7 days", 30: "30 days"}
PARTS = {"automated": "by the router", "human": "to people", "expert": "to experts"}
ENOUGH = 30  # fewer checks than this say too little for a number
SHOWN = 6
# A count up to the last minute's events, each other part one look into an index.
TRAIL = """
SELECT event.verb, event.at, seal.number AS seal, seal.at AS sealed_at,
    (SELECT count(*) FROM audit_auditevent WHERE id > coalesce(seal.last_id, 0)) AS unsealed
FROM (VALUES (1)) one
LEFT JOIN LATERAL (SELECT verb, at FROM audit_auditevent ORDER BY id DESC LIMIT 1) event ON true
LEFT JOIN LATERAL (SELECT number, at, last_id FROM audit_seal ORDER BY number DESC LIMIT 1) seal ON true
"""


@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show the figures to whom they concern; whoever only reviews is sent to their queues."""
    if not request.user.has_perm(SEES_FIGURES):
        return redirect("review")
    asked = request.GET.get("days")
    days = int(asked) if asked in map(str, PERIODS) else 7
    types = teams.read(ItemType.objects.order_by("slug"), request)
    chosen = next((one for one in types if one.slug == request.GET.get("item_type")), None)
    whole = not teams.hidden(request)
    if not whole and chosen is None:
        # Figures of all types together would tell of those that are hidden.
        if not types:
            raise PermissionDenied("No item type is open to you: ask an admin to put you into a team.")
        chosen = types[0]
    choices = {"days": days, "periods": PERIODS.items(), "types": types, "chosen": chosen}
    choices["whole"] = whole
    now = timezone.now()
    context = {**choices, "now": now, **_figures(flow.window(days, now), chosen), **_state(chosen)}
    if not whole:
        shown = set(teams.queues(Queue.objects.all(), request).values_list("slug", flat=True))
        context["queues"] = [one for one in context["queues"] if one.queue in shown]
    context["targets"] = targets.standings([chosen] if chosen else types, days=days, now=now)
    return render(request, "dashboard/dashboard.html", context)


def _figures(over: flow.Window, chosen: ItemType | None) -> dict[str, Any]:
    """Return what happened in the window: totals and trend, charts, people's work, checks."""
    slug = chosen.slug if chosen else None
    steps, before = flow.steps(over, slug)
    totals, earlier = flow.total(steps), flow.total(before)
    summary = labeling_metrics.summary(slug, over.days, over.now)
    return {
        "totals": totals,
        "points": _points(totals.automation_rate, earlier.automation_rate),
        "parts": [(part, text, getattr(totals, part), _share(totals, part)) for part, text in PARTS.items()],
        "summary": summary,
        "checked": summary.checked,
        "enough": summary.checked.checks >= ENOUGH,
        **_charts(steps, hourly=over.steps == 24),
    }


def _charts(steps: list[Step], *, hourly: bool) -> dict[str, Any]:
    named = [(_name(step, hourly=hourly), step) for step in steps]
    top = charts.ceiling(max(step.routed for step in steps))
    middle = named[len(named) // 2][0]
    return {
        "top": top,
        "bars": charts.bars(steps, [_words(name, step) for name, step in named], top),
        "line": charts.line([step.automation_rate for step in steps]),
        "ticks": [named[0][0], middle, "now" if hourly else "today"],
        "named": named,
    }


def _state(chosen: ItemType | None) -> dict[str, Any]:
    """Return what stands at this moment: queues, models, policies, the trail."""
    accuracy = Evaluation.objects.filter(metric="accuracy", slice="all")
    models = ModelVersion.objects.select_related("item_type").order_by("-created_at")
    models = models.prefetch_related(Prefetch("evaluations", queryset=accuracy, to_attr="overall"))
    policies = Policy.objects.select_related("item_type").order_by("-published_at")
    if chosen:
        models, policies = models.filter(item_type=chosen), policies.filter(item_type=chosen)
    return {
        "queues": routing_metrics.queues(),
        "models": models[:SHOWN],
        "policies": policies[:4],
        "trail": _trail(),
    }


def _trail() -> dict[str, Any]:
    """Return the last event, the last seal, and how many events came after what it covers."""
    with connection.cursor() as cursor:
        cursor.execute(TRAIL)
        names = [column.name for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def _points(now: float | None, before: float | None) -> float | None:
    """Return by how many points of a hundred a share has changed."""
    return None if now is None or before is None else 100 * (now - before)


def _share(totals: Step, part: str) -> float | None:
    return getattr(totals, part) / totals.routed if totals.routed else None


def _name(step: Step, *, hourly: bool) -> str:
    return date_format(timezone.localtime(step.start), "H:i" if hourly else "j M")


def _words(name: str, step: Step) -> str:
    return f"{name}: {step.automated} by the router, {step.human} to people, {step.expert} to experts"
