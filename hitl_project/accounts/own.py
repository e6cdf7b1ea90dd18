"""One's own account: password, second factor, sessions and keys."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit import keys, sessions, trail
from audit.models import ApiKey
from hitl_project.accounts import agents, arriving, entering, locking, proving, second

NEW_KEY = "second_factor_key"  # where the session keeps the secret until its first code has fitted
WRONG_CODE = "This code does not fit. Is the clock of the phone right?"


@never_cache
@login_required
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show who one is here, where one is signed in, and which keys act for one."""
    return render(request, "accounts/account.html", _about(request))


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; all other sessions end."""
    user = request.user
    if not (settings.HITL_LOCAL_SIGN_IN and user.has_usable_password()):
        return redirect("account")
    form = PasswordChangeForm(user, request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return render(request, "accounts/password.html", {"form": form})
    if not locking.allowed(request, user):
        return locking.locked(request, credentials={"username": user.get_username()})
    if not form.is_valid():
        if "old_password" in form.errors and form.data.get("old_password"):
            proving.refused(request, "password")
        return render(request, "accounts/password.html", {"form": form}, status=400)
    with transaction.atomic():
        form.save()
        update_session_auth_hash(request, user)
        entering.note_place(request)
        trail.record("user.password_changed", user, by=user)
        count = sessions.end(user, why="new password", by=user, but=request.session.session_key)
    ended = f" {count} other sessions have ended." if count else ""
    messages.success(request, f"Your password is changed.{ended}")
    return redirect("account")


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set up a second factor: show its secret, then take it over once a code of it fits."""
    user = request.user
    if not user.has_usable_password():
        return redirect("account")
    if second.has(user):
        return render(request, "accounts/second.html", {"on": True} | _second(request))
    key = request.session.setdefault(NEW_KEY, second.new_key())
    if request.method == "GET":
        return _enrolling(request, key)
    if refused := proving.not_me(request):
        return refused if isinstance(refused, HttpResponse) else _enrolling(request, key, refused)
    codes = second.set_up(user, key, request.POST.get("code", "")[:40])
    if codes is None:
        return _enrolling(request, key, WRONG_CODE)
    for name in (NEW_KEY, entering.MUST_ENROL):
        request.session.pop(name, None)
    request.session.cycle_key()
    entering.note_place(request)
    return render(request, "accounts/codes.html", {"codes": codes, "new": True})


@never_cache
@sensitive_post_parameters()
@login_required
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show new recovery codes, this once."""
    return _with_password(
        request, lambda: render(request, "accounts/codes.html", {"codes": second.new_codes(request.user)})
    )


@never_cache
@sensitive_post_parameters()
@login_required
@require_POST
def second_factor_off(request: HttpRequest) -> HttpResponse:
    """Take one's second factor away, where HITL_TOTP does not ask for it."""
    if entering.required_of(request.user):
        said = "A second factor is asked of you here: it can't be taken away, only set up anew by an admin."
        return render(
            request, "accounts/second.html", {"on": True, "wrong": said} | _second(request), status=403
        )

    def off() -> HttpResponse:
        second.remove(request.user, by=request.user)
        messages.success(request, "Your second factor is off.")
        return redirect("account")

    return _with_password(request, off)


@login_required
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End the session named, or all but this one."""
    only = request.POST.get("session") or None
    here = request.session.session_key
    count = sessions.end(request.user, why="asked", by=request.user, but=here, only=only)
    messages.success(request, f"{count} ended." if count else "There was nothing left to end.")
    return redirect("account")


def _about(request: HttpRequest) -> dict[str, Any]:
    user, now = request.user, timezone.now()
    rows = [
        {
            "name": sessions.public_name(row),
            "row": row,
            "agent": agents.named(row.agent),
            "here": row.pk == request.session.session_key,
        }
        for row in sessions.of(user)
    ]
    mine = ApiKey.objects.filter(user=user, revoked_at=None)
    return {
        "roles": sorted(user.groups.values_list("name", flat=True)),
        "identities": list(user.identities.all()),
        "local": settings.HITL_LOCAL_SIGN_IN and user.has_usable_password(),
        "sessions": sorted(rows, key=lambda one: not one["here"]),
        "keys": [(key, keys.refusal(key, now=now)) for key in mine],
        "linkable": settings.HITL_OIDC_ISSUER if arriving.may_link(user) else "",
        "hours": settings.HITL_SESSION_HOURS,
        "idle": settings.HITL_SESSION_IDLE_MINUTES,
        **_second(request),
    }


def _second(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    return {
        "has_second": second.has(user),
        "codes_left": second.codes_left(user),
        "asked": entering.required_of(user),
    }


def _enrolling(request: HttpRequest, key: str, wrong: str = "") -> HttpResponse:
    image, text = second.shown(request.user, key)
    context = {"image": image, "text": text, "wrong": wrong, "must": entering.MUST_ENROL in request.session}
    return render(request, "accounts/second.html", context, status=400 if wrong else 200)


def _with_password(request: HttpRequest, act: Any) -> HttpResponse:
    """Do what one asked for if the password is one's own, else say so."""
    refused = proving.not_me(request)
    if isinstance(refused, HttpResponse):
        return refused
    if refused or not second.has(request.user):
        context = {"on": second.has(request.user), "wrong": refused} | _second(request)
        return render(request, "accounts/second.html", context, status=400) if refused else redirect("second")
    return act()
