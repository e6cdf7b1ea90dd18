"""Each request of a signed-in browser: is the session over, is a second factor missing, when was it seen."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from audit import sessions, trail
from hitl_project.accounts import addresses, entering

OWN = "/accounts/"
ENROL_FIRST = "Set up a second factor first: /accounts/second/ says how."


class SessionMiddleware:
    """End sessions that are idle or old, and send who must set up a second factor to where they do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Keys and strangers have no such cookie: nothing is looked up for them.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and entering.signed_in(request):
            row, now = request.session.row, timezone.now()
            if why := row and sessions.ended_because(row, now=now):
                _end(request, why)
            elif row:
                sessions.seen(row, addresses.of(request), request.headers.get("User-Agent", ""), now=now)
                if entering.MUST_ENROL in request.session and not request.path.startswith(OWN):
                    return _enrol(request)
        return self.get_response(request)


def _end(request: HttpRequest, why: str) -> None:
    if request.user.is_authenticated:
        trail.record("user.session_over", request.user, by=request.user, why=why)
    logout(request)


def _enrol(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        error = {"code": "permission_denied", "detail": ENROL_FIRST, "attr": None}
        return JsonResponse({"type": "client_error", "errors": [error]}, status=403)
    return redirect("second")
