"""Who sits at a signed-in browser proves by the password that it is theirs; wrong ones count as guesses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from audit import trail
from hitl_project.accounts import locking

WRONG_PASSWORD = "That is not your password."


def not_me(request: HttpRequest) -> str | HttpResponse | None:
    """Return why the password sent does not prove who this is, or the page of the locked; None if it does."""
    if not locking.allowed(request, request.user):
        return locking.locked(request, credentials={"username": request.user.get_username()})
    if request.user.check_password(request.POST.get("password", "")):
        return None
    refused(request, "password")
    return WRONG_PASSWORD


def refused(request: HttpRequest, what: str) -> None:
    """Record and count that what was sent proved nothing."""
    trail.record("user.proof_refused", request.user, by=request.user, what=what)
    locking.failed(request, request.user)
