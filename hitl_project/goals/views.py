"""The page /targets/, and the form of one target."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from hitl_project.goals import promises
from hitl_project.goals.board import board
from hitl_project.goals.definitions import DEFINITIONS
from hitl_project.goals.estimates import Verdict
from hitl_project.goals.forms import TargetForm
from routing import teams
from routing.models import ItemType
from routing.roles import SEES_FIGURES

CHANGES = "routing.change_target"
COUNTED = (Verdict.MET, Verdict.MISSED, Verdict.UNDECIDED, Verdict.UNKNOWN)


@require_safe
@login_required
@permission_required(SEES_FIGURES, raise_exception=True)
def page(request: HttpRequest) -> HttpResponse:
    """Show each figure beside its target, of all item types or of one."""
    types = list(teams.visible(ItemType.objects.order_by("slug"), request))
    chosen = next((one for one in types if one.slug == request.GET.get("item_type")), None)
    shown = board(chosen, types, everything=not teams.hidden(request))
    context = {
        "board": shown,
        "types": types,
        "chosen": chosen,
        "counts": [(one, shown.count(one)) for one in COUNTED],
        "may_change": request.user.has_perm(CHANGES),
        "saved": DEFINITIONS.get(request.GET.get("saved", "")),
    }
    return render(request, "targets/targets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(CHANGES, raise_exception=True)
def change(request: HttpRequest, metric: str) -> HttpResponse:
    """Let an admin say what one figure should be, for all item types or for one."""
    definition = DEFINITIONS.get(metric)
    if definition is None:
        raise Http404
    slug = request.GET.get("item_type", "")
    chosen = get_object_or_404(teams.visible(ItemType.objects, request), slug=slug) if slug else None
    standing = promises.promises(chosen)[metric]
    form = TargetForm(definition, standing.row, request.POST or None)
    if request.method == "POST" and chosen and "withdraw" in request.POST:
        promises.withdraw(metric, chosen, by=request.user)
        return _back(metric, slug)
    if request.method == "POST" and form.is_valid():
        promises.promise(metric, chosen, form.cleaned_data, by=request.user)
        return _back(metric, slug)
    context = {
        "form": form,
        "definition": definition,
        "chosen": chosen,
        "own": standing.own,
        "back": _page(slug),
        "path_open": form.errors or standing.row.starts_on,
    }
    return render(request, "targets/change.html", context, status=400 if form.errors else 200)


def _page(slug: str, **more: str) -> str:
    asked = ({"item_type": slug} if slug else {}) | more
    return reverse("targets") + (f"?{urlencode(asked)}" if asked else "")


def _back(metric: str, slug: str) -> HttpResponse:
    return redirect(f"{_page(slug, saved=metric)}#{metric}")
