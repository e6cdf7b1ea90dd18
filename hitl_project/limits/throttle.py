"""So many requests a minute of one signed-in person, and of one address that nobody has signed in from.

An office behind one address is not locked out by its own work: what signed-in people and good keys send
counts for them alone. Keys are counted in audit.throttling.keys, once they are known to be good.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from audit.authentication import SCHEME
from audit.request import current
from audit.throttling.counting import COUNTS
from audit.throttling.meeting import note_refused
from hitl_project.accounts import addresses
from hitl_project.limits.refusing import refuse

# Probes and Prometheus come by the clock, and files are cheap.
FREE = ("/health", "/ready", "/metrics", settings.STATIC_URL)
# Who sends a key may well be somebody; that a key is wrong is known once it was looked up.
WITH_A_KEY = 10  # times as many


class ThrottleMiddleware:
    """Refuse with 429 and Retry-After; stands behind the sessions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(FREE):
            return self.get_response(request)
        if _says_a_key(request):
            return self._with_key(request)
        user = request.session.get(SESSION_KEY) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        if user is None:
            wait = _wait(f"address:{address(request)}", settings.HITL_THROTTLE_ADDRESS)
            return _too_many(request, "address", wait) if wait else self.get_response(request)
        wait = _wait(f"user:{user}", settings.HITL_THROTTLE_PERSON)
        return _too_many(request, "person", wait) if wait else self.get_response(request)

    def _with_key(self, request: HttpRequest) -> HttpResponse:
        who, limit = f"wrong:{address(request)}", WITH_A_KEY * settings.HITL_THROTTLE_ADDRESS
        if limit and (wait := COUNTS.look(who, limit, time.time())):
            return _too_many(request, "address", wait)
        response = self.get_response(request)
        if not current().key_prefix:
            COUNTS.add(who, int(time.time() // 60))
        return response


def address(request: HttpRequest) -> str:
    """Return what counts as the place that a request came from."""
    return addresses.network_of(request) or "unknown"  # a socket file, for example


def _says_a_key(request: HttpRequest) -> bool:
    """Return whether a key will be looked up; elsewhere such a header frees nobody from being counted."""
    sent = request.META.get("HTTP_AUTHORIZATION", "")
    return request.path.startswith("/api/") and sent.lower().startswith(f"{SCHEME.lower()} ")


def _wait(who: str, limit: int) -> int:
    return COUNTS.wait(who, limit, time.time()) if limit else 0


def _too_many(request: HttpRequest, kind: str, wait: int) -> HttpResponse:
    note_refused(kind)
    detail = f"Too many requests came from here. Wait {wait} seconds, then send this again."
    answer = refuse(request, 429, "throttled", detail)
    answer["Retry-After"] = str(wait)
    return answer
