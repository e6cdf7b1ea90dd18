"""The last step of every way in: a second factor where one is set up, then the session and its event."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, login
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from audit import trail
from hitl_project.accounts import addresses, second
from routing.roles import SEES_FIGURES

BACKEND = "django.contrib.auth.backends.ModelBackend"
HALFWAY = "second_factor"  # where the session keeps who has shown a password and no code yet
PATIENCE = 600  # seconds for the second factor
MUST_ENROL = "must_enrol"
BY_PROVIDER = "by_provider"


@dataclass(frozen=True)
class Halfway:
    """Who has shown a password, in which words that is recorded, and where they want to go."""

    user: User
    how: str
    to: str


def enter(request: HttpRequest, user: User, *, how: str, to: str = "") -> HttpResponse:
    """Go on to the second factor where this person has one, else sign them in; return where to go."""
    if not second.has(user):
        return complete(request, user, how=how, to=to)
    # Whatever was in this browser's session belongs to whoever used it before.
    request.session.flush()
    request.session[HALFWAY] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": int(time.time()),
        "how": how,
        "to": to,
    }
    return redirect("second-factor")


def halfway(request: HttpRequest) -> Halfway | None:
    """Return who stands before the second factor; None where nobody does, too long, or no longer rightly."""
    kept: dict[str, Any] = request.session.get(HALFWAY) or {}
    if not kept or time.time() - kept["at"] > PATIENCE:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != kept["hash"]:
        return None
    return Halfway(user, kept["how"], kept["to"])


def complete(request: HttpRequest, user: User, *, how: str, to: str = "") -> HttpResponse:
    """Sign a person in and record it, both or neither; the session gets a new key."""
    with transaction.atomic():
        request.session.pop(HALFWAY, None)
        login(request, user, backend=BACKEND)
        note_place(request)
        request.session.pop(MUST_ENROL, None)
        if how != "provider" and must_enrol(user):
            request.session[MUST_ENROL] = True
        trail.record("user.signed_in", user, by=user, how=how)
    return onwards(request, to)


def must_enrol(user: User) -> bool:
    """Return whether HITL_TOTP asks this person for a second factor that they have not set up."""
    return required_of(user) and not second.has(user)


def required_of(user: User) -> bool:
    """Return whether HITL_TOTP asks this person for a second factor."""
    wanted = settings.HITL_TOTP
    return wanted == "everyone" or (wanted == "staff" and user.has_perm(SEES_FIGURES))


def note_place(request: HttpRequest) -> None:
    """Let the session know where its browser is."""
    request.session.came_from(addresses.of(request), request.headers.get("User-Agent", ""))


def onwards(request: HttpRequest, to: str) -> HttpResponse:
    """Return a redirect to an address if it is a page of this site behind the door, else to the first."""
    safe = url_has_allowed_host_and_scheme(
        to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    door = urlsplit(to).path in (resolve_url("login"), resolve_url("logout"))
    return HttpResponseRedirect(to if safe and not door else resolve_url(settings.LOGIN_REDIRECT_URL))


def signed_in(request: HttpRequest) -> bool:
    """Return whether this session was begun by signing in."""
    return BACKEND_SESSION_KEY in request.session
