"""The guide's pages: where one stands, and the item type with which it begins."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hitl_project.starting import making, steps
from hitl_project.starting.forms import TypeForm
from labeling.importing import rights
from routing import teams
from routing.config_file import ConfigError
from routing.models import ItemType
from routing.presets import PRESETS

RIGHT = "routing.add_itemtype"
MAKES = ("routing.add_queue", "routing.add_rule")  # what a new item type brings with it
YEAR = 365 * 24 * 3600
STEPS = ("What is decided", "Your data", "Your people", "The first review")

View = Callable[..., HttpResponse]


def guided(view: View) -> View:
    """Let in who may set up item types; in place of an item type's number the view is given the item type."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(RIGHT):
            raise PermissionDenied
        if pk is not None:
            types = ItemType.objects.select_related("queue__group", "expert_queue__group")
            kwargs["item_type"] = get_object_or_404(teams.visible(types, request), pk=pk)
        return view(request, **kwargs)

    return guarded


def page(request: HttpRequest, name: str, item_type: ItemType | None, at: int, **more: Any) -> HttpResponse:
    """Return a page of the guide; `at` is the number of the step that it is about, 0 for all of them."""
    progress = steps.progress(item_type, request.user)
    context = {"progress": progress, "item_type": item_type, "at": at, "steps": enumerate(STEPS, start=1)}
    status = more.pop("status", 200)
    return render(request, f"starting/{name}.html", context | more, status=status)


@require_GET
@guided
def start(request: HttpRequest, item_type: ItemType | None = None) -> HttpResponse:
    """Show the four steps of an item type, or of the newest, with what each has come to."""
    item_type = item_type or steps.newest(request)
    runs = steps.imports(item_type) if item_type else []
    at_work = any(one["run"].status == "running" for one in runs)
    types = teams.visible(ItemType.objects.order_by("-pk"), request)[:9]
    readable = item_type is not None and rights.reads_refused(request.user, item_type)
    shown = {"imports": runs, "at_work": at_work, "reads_refused": readable, "types": types}
    response = page(request, "start", item_type, 0, **shown)
    response.delete_cookie(steps.LATER)  # who comes here wants to be guided
    return response


@require_POST
@guided
def later(request: HttpRequest) -> HttpResponse:
    """Take the guide off the admin's first page, in this browser."""
    response = redirect("admin:index")
    response.set_cookie(
        steps.LATER, "1", max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response


@require_GET
@guided
def uses(request: HttpRequest) -> HttpResponse:
    """Ask what is decided: the presets in plain words."""
    return page(request, "uses", None, 1, presets=PRESETS.values())


@require_http_methods(["GET", "POST"])
@permission_required(MAKES, raise_exception=True)
@guided
def describe(request: HttpRequest, preset: str) -> HttpResponse:
    """Ask what it is called and what there is to choose from, and make it."""
    if preset not in PRESETS:
        raise Http404
    chosen = PRESETS[preset]
    taken = teams.visible(ItemType.objects.all(), request).values_list("name", flat=True)
    form = TypeForm(chosen, taken, request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = making.make(
                chosen,
                name=said["name"],
                labels=said.get("labels", []),
                guidelines=said["guidelines"],
                by=request.user,
            )
        except ConfigError as error:
            form.add_error("labels" if "labels" in form.fields else None, error.message)
        else:
            return HttpResponseRedirect(reverse("admin:start_data", args=[made.pk]))
    return page(request, "describe", None, 1, preset=chosen, form=form)
