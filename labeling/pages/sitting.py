"""The pages between stretches of work: a pause, and the end of a sitting."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from labeling.answering import sittings
from labeling.pages.keymaps import keys_of
from labeling.pages.views import SKIPPED, give_back, see_other
from labeling.people import own
from routing import assignments


@never_cache
@login_required
@require_GET
def sitting(request: HttpRequest) -> HttpResponse:
    """The open sitting with its figures, those before it, and how the person's own answers compare."""
    now = timezone.now()
    context = {
        "keys": keys_of(request.user.pk),
        "open": sittings.open_of(request.user),
        "held": assignments.current(request.user),
        "progress": sittings.progress(request.user),
        "latest": sittings.latest(request.user),
        "with_experts": own.with_experts(request.user, now=now),
        "known": own.at_known_questions(request.user, now=now),
        "with_colleagues": own.with_colleagues(request.user, now=now),
        "seconds_each": own.seconds_each(request.user, now=now),
        "pull": own.pull(request.user, now=now),
        "step": own.BLOCK,
    }
    return render(request, "labeling/sitting.html", context)


@login_required
@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Give back what is held; the sitting stays open for half an hour."""
    _let_go(request)
    return see_other("review-sitting", {})


@login_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End the sitting and give back what is held."""
    _let_go(request)
    sittings.end(request.user)
    request.session.pop(SKIPPED, None)
    return see_other("review-sitting", {})


def _let_go(request: HttpRequest) -> None:
    held = assignments.current(request.user)
    if held:
        give_back(request, held.pk)
