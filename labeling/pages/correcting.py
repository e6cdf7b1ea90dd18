"""The last answer shown again, with what was said filled in, and what replaces it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from labeling.answering import correcting
from labeling.pages.forms import AnswerForm, WhichForm
from labeling.pages.views import claim, is_swap, named, problem, query_of, said, see_other, show, still_held
from routing.errors import HitlError, InvalidAnswer


@never_cache
@login_required
@require_GET
def undo(request: HttpRequest) -> HttpResponse:
    """Show the person's last answer once more; until they answer again nothing is changed."""
    try:
        review = correcting.reopen(by=request.user)
    except HitlError as error:
        return _stands(request, error)
    which = WhichForm(request.GET).which()
    return show(request, correcting.seat_of(review), which, before=review)


@never_cache
@login_required
@require_POST
def correct(request: HttpRequest, seat_id: int) -> HttpResponse:
    """Store the answer in place of the one given before, and bring the item in hand or the next one."""
    which = WhichForm(request.GET).which()
    form = AnswerForm(request.POST)
    try:
        given = said(form, seat_id, by=request.user)
        item = correcting.correct(seat_id, given, by=request.user)
    except HitlError as error:
        return _refused(request, error, form, which)
    if not is_swap(request):
        return see_other("review-work", which)
    saved = named(item, seat_id, given, by=request.user)
    seat = still_held(request, which) or claim(request, which)
    return show(request, seat, which, saved=saved, undoable=True)


def _refused(
    request: HttpRequest, error: HitlError, form: AnswerForm, which: dict[str, str | None]
) -> HttpResponse:
    """Say what was wrong, and keep what was typed."""
    if is_swap(request):
        return problem(error)
    if error.status != InvalidAnswer.status:
        return _stands(request, error)
    try:
        review = correcting.reopen(by=request.user)
    except HitlError as later:
        return _stands(request, later)
    typed = form.data.get("comment", "")
    seat = correcting.seat_of(review)
    return show(request, seat, which, before=review, status=error.status, error=error, typed=typed)


def _stands(request: HttpRequest, error: HitlError) -> HttpResponse:
    """Say why the answer stays as it was given."""
    if is_swap(request):
        return problem(error)
    context = {"error": error, "query": query_of(WhichForm(request.GET).which())}
    return render(request, "labeling/stands.html", context, status=error.status)
