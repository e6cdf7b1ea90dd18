"""The review pages: what waits, the item in hand, and the acts; each only translates to the verbs below."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from labeling.answering import review, sittings
from labeling.answering.choices import choices, in_words
from labeling.answering.correcting import UNDO
from labeling.answering.review import Answer
from labeling.models import Review
from labeling.pages import adjudicating, waiting
from labeling.pages.forms import AnswerForm, LeaseForm, WhichForm
from labeling.pages.keymaps import keys_of
from labeling.pages.keys import listed
from labeling.pages.presentation import seat_page
from routing import assignments
from routing.errors import HitlError, InvalidAnswer, SeatLost
from routing.models import Assignment, Item
from routing.standing import standing

SKIPPED = "skipped"  # seats that this person passed over, in their session
SKIPPED_AT_MOST = 200
SAVED = {
    Review.Action.APPROVE: "approved",
    Review.Action.REJECT: "rejected",
    Review.Action.ESCALATE: "handed to an expert",
}


@never_cache
@login_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """The person's queues, what waits in each, and one big button."""
    queues = waiting.queues(request.user)
    if not queues:
        return render(request, "labeling/no_queue.html", status=403)
    progress = sittings.progress(request.user)
    waits = any(queue.free and not queue.paused for queue in queues)
    held = assignments.current(request.user)
    context = {"queues": queues, "progress": progress, "waits": waits, "held": held}
    context["refusal"] = standing(request.user).refusal
    return render(request, "labeling/start.html", context)


@never_cache
@login_required
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """The item in hand: the one the person still holds, else the most urgent one, leased to them now."""
    which = WhichForm(request.GET).which()
    seat = still_held(request, which) or claim(request, which)
    return show(request, seat, which)


@never_cache
@login_required
@require_POST
def answer(request: HttpRequest, seat_id: int) -> HttpResponse:
    """Store an answer, and bring the next item already leased."""
    which = WhichForm(request.GET).which()
    form = AnswerForm(request.POST)
    try:
        given = said(form, seat_id, by=request.user)
        item = review.submit(seat_id, given, by=request.user)
    except HitlError as error:
        return _refused(request, error, form, which)
    return _onward(request, which, saved=named(item, seat_id, given, by=request.user), undoable=True)


@never_cache
@login_required
@require_POST
def skip(request: HttpRequest, seat_id: int) -> HttpResponse:
    """Give the seat back to others and bring another item; this one comes again only when asked for."""
    give_back(request, seat_id)
    skipped = [one for one in request.session.get(SKIPPED, []) if one != seat_id]
    request.session[SKIPPED] = [*skipped, seat_id][-SKIPPED_AT_MOST:]
    return _onward(request, WhichForm(request.GET).which(), saved="skipped")


@login_required
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Forget what was skipped, and go on."""
    request.session.pop(SKIPPED, None)
    return see_other("review-work", WhichForm(request.GET).which())


@login_required
@require_POST
def renew(request: HttpRequest, seat_id: int) -> HttpResponse:
    """Keep the seat for another lease; answers when that ends."""
    try:
        until = assignments.renew(seat_id, by=request.user)
    except SeatLost as error:
        return problem(error)
    return JsonResponse({"lease": until.isoformat()})


@login_required
@require_POST
def release(request: HttpRequest, seat_id: int) -> HttpResponse:
    """Give the seat back because its page was closed, unless it was opened again since."""
    give_back(request, seat_id, lease=LeaseForm(request.POST).moment())
    return HttpResponse(status=204)


@never_cache
@login_required
@require_GET
def waits(request: HttpRequest) -> HttpResponse:
    """Whether something has come in for this person; takes nothing."""
    which = WhichForm(request.GET).which()
    found = assignments.waits(**which, without=request.session.get(SKIPPED, []), by=request.user)
    return JsonResponse({"waiting": found})


def said(form: AnswerForm, seat_id: int, *, by: AbstractBaseUser) -> Answer:
    """Return the answer, own or taken from somebody else; raises InvalidAnswer with the first wrong field."""
    if form.is_valid():
        return adjudicating.taken(form.answer(), form.cleaned_data["taken"], seat_id, by=by)
    name, problems = next(iter(form.errors.items()))
    raise InvalidAnswer(problems[0], attr=name)


def named(item: Item, seat_id: int, given: Answer, *, by: AbstractBaseUser) -> str:
    """Return in a few words what was stored."""
    return SAVED.get(given.action) or in_words(item, choices(item, seat_id, by.pk), given.label)


def still_held(request: HttpRequest, which: dict[str, str | None]) -> Assignment | None:
    """Return the seat in hand with a fresh lease; one that isn't of the work asked for is given back."""
    seat = assignments.current(request.user)
    if seat is None:
        return None
    wanted = (which["queue"] or seat.queue.slug, which["item_type"] or seat.item.item_type.slug)
    if wanted != (seat.queue.slug, seat.item.item_type.slug):
        give_back(request, seat.pk)
        return None
    try:
        seat.leased_until = assignments.renew(seat.pk, by=request.user)
    except SeatLost:
        return None
    return seat


def claim(request: HttpRequest, which: dict[str, str | None]) -> Assignment | None:
    """Take the most urgent seat of the work asked for that this person has not skipped."""
    return assignments.claim(**which, without=request.session.get(SKIPPED, []), by=request.user)


def give_back(request: HttpRequest, seat_id: int, **lease: Any) -> None:
    """Give the seat back to others, if it is still held."""
    try:
        assignments.release(seat_id, by=request.user, **lease)
    except SeatLost:
        return  # it ran out by itself: there is nothing left to give back


def is_swap(request: HttpRequest) -> bool:
    """Whether the page's script asks, which puts the next item into the page that is open."""
    return request.headers.get("X-Requested-With") == "fetch"


def see_other(name: str, which: dict[str, str | None]) -> HttpResponse:
    """Send the browser to a page of the work asked for."""
    return HttpResponseRedirect(reverse(name) + query_of(which), status=303)


def query_of(which: dict[str, str | None]) -> str:
    """Return the work asked for as an address carries it, with its question mark; empty for any work."""
    chosen = {name: value for name, value in which.items() if value}
    return f"?{urlencode(chosen)}" if chosen else ""


def _onward(request: HttpRequest, which: dict[str, str | None], **more: Any) -> HttpResponse:
    if is_swap(request):
        return show(request, claim(request, which), which, **more)
    return see_other("review-work", which)


def show(
    request: HttpRequest,
    seat: Assignment | None,
    which: dict[str, str | None],
    *,
    status: int = 200,
    before: Review | None = None,
    **more: Any,
) -> HttpResponse:
    """Return the page of this seat, or why there is none; for the script, only the part that changes.

    `before` is what the person said at the seat, where they may correct it.
    """
    keys = keys_of(request.user.pk)
    context = {
        "keys": keys,
        "hints": listed(keys),
        "undo_seconds": UNDO.seconds,
        "progress": sittings.progress(request.user),
        "query": query_of(which),
        "skipped": len(request.session.get(SKIPPED, [])),
        **more,
    }
    if seat is None:
        stands = standing(request.user)
        if stands.no_queue:
            return render(request, "labeling/no_queue.html", status=403)
        context["refusal"] = stands.refusal
        body = "labeling/nothing.html"
    else:
        context["page"] = seat_page(seat, keys, now=timezone.now(), said=before)
        body = context["page"].template
    template = body if is_swap(request) else "labeling/work.html"
    return render(request, template, context | {"body": body}, status=status)


def _refused(
    request: HttpRequest, error: HitlError, form: AnswerForm, which: dict[str, str | None]
) -> HttpResponse:
    """Say what was wrong, and keep what was typed."""
    if is_swap(request):
        return problem(error)
    typed = form.data.get("comment", "")
    seat = assignments.current(request.user) if error.status == InvalidAnswer.status else None
    if seat is None:
        context = {"error": error, "typed": typed, "query": query_of(which)}
        return render(request, "labeling/lost.html", context, status=error.status)
    return show(request, seat, which, status=error.status, error=error, typed=typed)


def problem(error: HitlError) -> HttpResponse:
    """Return a refusal as the page's script reads it."""
    kind = "validation_error" if error.status == InvalidAnswer.status else "client_error"
    problem = {"code": error.code, "detail": error.detail, "attr": error.attr}
    return JsonResponse({"type": kind, "errors": [problem]}, status=error.status)
