"""Signing in through the organisation's provider: there, back, and out."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from audit import trail
from hitl_project.accounts import arriving, entering, oidc
from hitl_project.accounts.arriving import Refused
from hitl_project.accounts.locking import ATTEMPT

log = logging.getLogger(__name__)
WISH = "provider_wish"  # where the session keeps where somebody wanted to go
LINKS = "provider_links"  # set where a signed-in person wants to sign in with the provider from now on
AWAY = "The sign-in service of your organisation can't be reached, or is set up wrongly. Try again later."
UNPROVEN = "The sign-in could not be checked. Begin again, and end it in the browser where you began."


@never_cache
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Send to the provider."""
    _must_be_set_up()
    request.session[WISH] = request.GET.get("next", "")[:2000]
    request.session[LINKS] = request.user.is_authenticated
    try:
        return oidc.begin(request, _here(request, "oidc-back"))
    except oidc.Unreachable as wrong:
        return _away(request, wrong)


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Take who comes back from the provider in, if what they bring proves who they are."""
    _must_be_set_up()
    try:
        claims = oidc.finish(request)
    except oidc.Unreachable as wrong:
        return _away(request, wrong)
    except oidc.Unproven as wrong:
        log.warning("A sign-in through the provider was refused: %s", wrong)
        _record(str(wrong)[:200])
        return render(request, "registration/provider.html", {"said": UNPROVEN}, status=400)
    to, links = request.session.pop(WISH, ""), request.session.pop(LINKS, False)
    try:
        if links and request.user.is_authenticated:
            arriving.link(request.user, claims, issuer=settings.HITL_OIDC_ISSUER)
            messages.success(request, "From now on you can sign in through your organisation too.")
            return redirect("account")
        user = arriving.arrive(claims, issuer=settings.HITL_OIDC_ISSUER)
        arriving.admitted(user)
    except Refused as refused:
        _record(str(refused))
        return render(request, "registration/provider.html", {"said": str(refused)}, status=403)
    response = entering.complete(request, user, how="provider", to=to)
    request.session[entering.BY_PROVIDER] = True
    return response


@never_cache
@require_GET
def out(request: HttpRequest) -> HttpResponse:
    """Send to where people sign out at the provider."""
    _must_be_set_up()
    try:
        return redirect(oidc.way_out(_here(request, "login")) or "login")
    except oidc.Unreachable as wrong:
        return _away(request, wrong)


def _must_be_set_up() -> None:
    if not settings.HITL_OIDC_ISSUER:
        raise Http404("No sign-in provider is set up.")


def _here(request: HttpRequest, name: str) -> str:
    path = reverse(name)
    return (
        settings.HITL_PUBLIC_URL.rstrip("/") + path
        if settings.HITL_PUBLIC_URL
        else request.build_absolute_uri(path)
    )


def _away(request: HttpRequest, wrong: Exception) -> HttpResponse:
    log.error("The sign-in provider can't be used: %s", wrong)
    return render(request, "registration/provider.html", {"said": AWAY, "away": True}, status=503)


def _record(why: str) -> None:
    trail.record("user.sign_in_refused", ATTEMPT, by="anonymous", why=why, how="provider")
