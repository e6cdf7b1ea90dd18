"""The admin's page of what trains and picks for one item type now, how far it is, and how to end it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from learning import plans, runs
from learning.api.runs import KINDS, find, newest
from learning.models import LearningPlan, Run
from routing.admin import pages
from routing.models import ItemType

LATEST = 20
SECONDS = 3  # between looks while something runs
SILENT = timedelta(minutes=2)  # after which a run may be stuck
MAY_CANCEL = "learning.change_modelversion"


@pages.page("runs", "Training and picking", pages.LEARNING)
def runs_page(request: HttpRequest, admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show the latest runs, those at work with their progress; a POST names the one that is to end."""
    if request.method == "POST":
        return _cancel(request, item_type)
    rows = newest(item_type, kinds=list(KINDS), limit=LATEST)
    at_work = [run for run in rows if run.status == Run.Status.RUNNING]
    for run in at_work:
        run.silent = timezone.now() - run.heartbeat_at > SILENT
    ended = [run for run in rows if run not in at_work]
    for run in ended:
        run.took = (run.finished_at - run.started_at).total_seconds()
    plan = plans.of(item_type)
    still = "still" in request.GET
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Training and picking for {item_type}",
        "opts": admin.model._meta,
        "original": item_type,
        "at_work": at_work,
        "ended": ended,
        "next": _next(plan) if plan.active else [],
        "plan": plan,
        "may_cancel": request.user.has_perm(MAY_CANCEL),
        "seconds": SECONDS,
        "still": still,
    }
    response = TemplateResponse(request, "admin/routing/itemtype/runs.html", context)
    if at_work and not still:
        response.headers["Refresh"] = str(SECONDS)
    return response


def _next(plan: LearningPlan) -> list[str]:
    """Return what the clock will start within a minute, and why."""
    due = {"training": plans.training_due(plan), "picking": plans.sampling_due(plan)}
    return [f"{what}: {why}" for what, why in due.items() if why]


def _cancel(request: HttpRequest, item_type: ItemType) -> HttpResponse:
    if not request.user.has_perm(MAY_CANCEL):
        raise PermissionDenied
    run = find(request.POST.get("run", ""), request)
    if run.item_type != item_type:
        raise Http404
    try:
        runs.cancel(run, by=request.user)
        messages.success(request, f"{str(run).capitalize()} ends at its next step.")
    except runs.RunEnded as ended:
        messages.warning(request, ended.detail)
    return HttpResponseRedirect(reverse("admin:routing_itemtype_runs", args=[item_type.pk]))
