"""So many requests a minute of one signed-in person, and of one address that nobody has signed in from.

An office behind one address is not locked out by its own work: what signed-in people and good keys send
counts for them alone. Keys are counted in audit.throttling.keys, once they are known to be good.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

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
        if "HTTP_AUTHORIZATION" in request.META:
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
        if response.status_code == 401:
            COUNTS.add(who, int(time.time() // 60))
        return response


def address(request: HttpRequest) -> str:
    """Return where a request came from; of IPv6 the network, since one household holds 2^64 addresses."""
    try:
        found = ip_address(addresses.of(request) or "")
    except ValueError:
        return "unknown"  # a socket file, for example
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))


def _wait(who: str, limit: int) -> int:
    return COUNTS.wait(who, limit, time.time()) if limit else 0


def _too_many(request: HttpRequest, kind: str, wait: int) -> HttpResponse:
    note_refused(kind)
    detail = f"Too many requests came from here. Wait {wait} seconds, then send this again."
    answer = refuse(request, 429, "throttled", detail)
    answer["Retry-After"] = str(wait)
    return answer
