"""Signing in and out, each attempt written into the trail; django-axes counts the failures."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from axes.helpers import get_cool_off, get_failure_limit
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit import trail

ATTEMPT = ("auth.user", "")  # who it was is not known before the password fits
TOLD_EVERY = 60  # seconds: who goes on trying does not fill the book
LONGEST_NAME = 150  # of a username; what somebody types may be longer


class SignIn(LoginView):
    """The sign-in page."""

    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in and record it, both or neither."""
        with transaction.atomic():
            answer = super().form_valid(form)
            user = form.get_user()
            trail.record("user.signed_in", user, by=user)
        return answer

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Record the refusal with the name that was tried, never the password."""
        name = str(form.data.get("username", ""))[:LONGEST_NAME].replace("\x00", "")
        trail.record("user.sign_in_refused", ATTEMPT, by="anonymous", username=name)
        return super().form_invalid(form)


class SignOut(LogoutView):
    """Ends the session and shows the sign-in page."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out and record it."""
        if request.user.is_authenticated:
            trail.record("user.signed_out", request.user, by=request.user)
        return super().post(request, *args, **kwargs)


login = SignIn.as_view()
logout = SignOut.as_view()


def locked(
    request: HttpRequest, original: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Say that signing in is locked and for how long (django-axes calls this in place of the answer)."""
    pause = get_cool_off(request)
    name = str((credentials or {}).get("username", ""))[:LONGEST_NAME].replace("\x00", "")
    if cache.add(f"locked:{sha256(name.encode()).hexdigest()}", 1, TOLD_EVERY):
        trail.record("user.locked_out", ATTEMPT, by="anonymous", username=name)
    context = {
        "username": name,
        "minutes": round(pause.total_seconds() / 60) if pause else None,
        "limit": get_failure_limit(request, credentials),
    }
    return render(request, "registration/locked.html", context, status=429)
