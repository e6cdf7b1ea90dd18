"""The page of erasures and legal holds: look what there is of a person or an item, erase it, keep it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from hitl_project.compliance.access import reads_the_book
from hitl_project.compliance.privacy.forms import ActForm, LiftForm, Subject, SubjectForm
from routing import teams
from routing.errors import HitlError
from routing.models import Erasure, Item, ItemType, LegalHold
from routing.personal import ERASES
from routing.privacy import erasing, holds
from routing.privacy.api import covered_seen

SHOWN = 50
COUNTED = 10_000
FIRST = 8  # items listed by name


@reads_the_book
@never_cache
def erasures(request: HttpRequest) -> HttpResponse:
    """Show holds, erasures and how long each type keeps; a POST looks what there is of somebody."""
    form = SubjectForm(request.POST or None, caller=request)
    found = None
    if request.method == "POST":
        if not request.user.has_perm(ERASES):
            return HttpResponse(status=403)
        if form.is_valid():
            found = _found(form.subject, request)
    return _page(request, form, found)


@login_required
@permission_required(ERASES, raise_exception=True)
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Erase what was found, or place a hold on it."""
    form = ActForm(request.POST, caller=request)
    if not form.is_valid():
        return _page(request, form, None)
    subject, why = form.subject, form.cleaned_data["why"]
    try:
        if form.cleaned_data["act"] == "hold":
            hold = holds.place(**subject.covered, why=why, by=request.user)
            messages.success(request, f"Hold {hold.pk} stands: nothing that it covers is erased.")
        else:
            _erase(request, subject, why)
    except HitlError as error:
        messages.warning(request, f"Nothing was erased. {error}")
    return redirect("compliance-erasures")


@login_required
@permission_required(ERASES, raise_exception=True)
@require_POST
def lift(request: HttpRequest) -> HttpResponse:
    """Lift a hold."""
    form = LiftForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Say why the hold is lifted.")
        return redirect("compliance-erasures")
    try:
        known = covered_seen(LegalHold.objects.all(), request).get(pk=form.cleaned_data["hold"])
        hold = holds.lift(known.pk, why=form.cleaned_data["why"], by=request.user)
        messages.success(request, f"Hold {hold.pk} was lifted.")
    except (HitlError, LegalHold.DoesNotExist) as error:
        messages.warning(request, str(error))
    return redirect("compliance-erasures")


def _erase(request: HttpRequest, subject: Subject, why: str) -> None:
    if subject.item:
        erasure = erasing.of_item(subject.item, why=why, by=request.user)
    else:
        erasure = erasing.of_person(subject.about, why=why, by=request.user)
    count = f"{erasure.erased:,} item{'' if erasure.erased == 1 else 's'} erased"
    kept = f"; {erasure.kept:,} stay under a legal hold" if erasure.kept else ""
    if erasure.ended_at:
        messages.success(request, f"{count}{kept}.")
    else:
        messages.success(request, f"{count} so far; a worker goes on. This page shows how far it is.")


def _found(subject: Subject, caller: HttpRequest) -> dict[str, Any]:
    """Return what there is of a subject, and which holds keep some of it."""
    items = subject.items
    held = items.filter(holds.held())
    return {
        "subject": subject,
        "count": items[:COUNTED].count(),
        "capped": COUNTED,
        "held": held[:COUNTED].count(),
        "first": teams.seen(items, caller)
        .select_related("item_type")
        .defer("payload", "context")
        .order_by("-id")[:FIRST],
        "holds": _on(subject),
        "may_erase": bool(subject.about or subject.item),
    }


def _on(subject: Subject) -> list[LegalHold]:
    if subject.item:
        return holds.on(subject.item)
    return list(holds.in_force().filter(**subject.covered))


def _page(request: HttpRequest, form: Any, found: dict[str, Any] | None) -> HttpResponse:
    standing = covered_seen(LegalHold.objects.select_related("item_type", "item__item_type"), request)
    done = covered_seen(Erasure.objects.select_related("item_type", "item__item_type"), request)
    rows = list(done[:SHOWN])
    context = {
        "form": form,
        "found": found,
        "may_erase": request.user.has_perm(ERASES),
        "holds": standing.filter(lifted_at__isnull=True),
        "lifted": standing.filter(lifted_at__isnull=False)[:SHOWN],
        "erasures": rows,
        "at_work": any(one.ended_at is None for one in rows),
        "types": teams.visible(ItemType.objects.select_related("subject_rights"), request).order_by("slug"),
        "erased": Item.objects.filter(erased_at__isnull=False)[:COUNTED].count(),
    }
    return render(request, "compliance/privacy/erasures.html", context, status=400 if form.errors else 200)
