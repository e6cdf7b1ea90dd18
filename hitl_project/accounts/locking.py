"""How guessing is stopped: django-axes counts failures by name and address, and by each of the two alone.

One name from one address is locked after AXES_FAILURE_LIMIT failures. Many names from one address, or one
name from many addresses, are stopped by limits of their own. Who lately signed in with this name from this
address is free of those: an office can't lock itself out, nor a stranger anybody from where they work.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_ip_address, get_client_username, get_cool_off, get_failure_limit
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.core.cache import cache
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audit import trail

ATTEMPT = ("auth.user", "")  # who it was is not known before the password fits
TOLD_EVERY = 60  # seconds: who goes on trying does not fill the book
LONGEST_NAME = 150  # of a username; what somebody types may be longer
KNOWN_FOR = timedelta(days=30)  # how long a sign-in makes a name known at an address


class Handler(AxesDatabaseHandler):
    """Axes' own counting by name and address together, and ours by each alone."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Return whether an attempt is refused before the password is looked at."""
        if super().is_locked(request, credentials):
            return True
        request.spread = spread(get_client_username(request, credentials), get_client_ip_address(request))
        return request.spread is not None


def spread(name: str | None, address: str | None) -> str | None:
    """Return 'address' or 'name' where failures from this address, or with this name, are too many."""
    rows = AccessAttempt.objects.filter(attempt_time__gt=timezone.now() - get_cool_off())
    found = None
    if address and _failures(rows.filter(ip_address=address)) >= settings.HITL_ADDRESS_FAILURES:
        found = "address"
    elif name and _failures(rows.filter(username=name)) >= settings.HITL_NAME_FAILURES:
        found = "name"
    return None if found is None or _known(name, address) else found


def told(name: str) -> dict[str, str | bool]:
    """Return a name that was tried as the book may keep it: what nobody is called may be a password."""
    known = "\x00" not in name and User.objects.filter(username=name).exists()
    return {"username": name} if known else {"unknown_name": True}


def allowed(request: HttpRequest, user: User) -> bool:
    """Return whether this person may try a password or a code now."""
    return AxesProxyHandler.is_allowed(request, {"username": user.get_username()})


def failed(request: HttpRequest, user: User) -> None:
    """Count a wrong password or code of a person outside of the sign-in form like one in it.

    Django's own signal is how axes hears of failures.
    """
    user_login_failed.send(__name__, credentials={"username": user.get_username()}, request=request)


def locked(
    request: HttpRequest, original: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Say that signing in is locked and for how long (django-axes calls this in place of the answer)."""
    pause = get_cool_off(request)
    name = str((credentials or {}).get("username", ""))[:LONGEST_NAME].replace("\x00", "")
    by = getattr(request, "spread", None)
    # An address that tries names by the thousand is told of as one.
    what = f"address {get_client_ip_address(request)}" if by == "address" else name
    if cache.add(f"locked:{sha256(what.encode(errors='replace')).hexdigest()}", 1, TOLD_EVERY):
        trail.record("user.locked_out", ATTEMPT, by="anonymous", many=by or "", **told(name))
    context = {
        "username": name,
        "minutes": round(pause.total_seconds() / 60) if pause else None,
        "limit": get_failure_limit(request, credentials),
        "spread": by,
    }
    return render(request, "registration/locked.html", context, status=429)


def _failures(rows: Any) -> int:
    return rows.aggregate(all=Sum("failures_since_start"))["all"] or 0


def _known(name: str | None, address: str | None) -> bool:
    since = timezone.now() - KNOWN_FOR
    return AccessLog.objects.filter(username=name, ip_address=address, attempt_time__gt=since).exists()
