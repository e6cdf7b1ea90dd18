"""Signing in through the organisation's provider: there, back, and out."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from audit import trail
from hitl_project.accounts import addresses, arriving, entering, oidc, proving
from hitl_project.accounts import claims as claimed
from hitl_project.accounts.arriving import Refused
from hitl_project.accounts.locking import ATTEMPT

log = logging.getLogger(__name__)
PAGE, LINK_PAGE = "registration/provider.html", "accounts/link.html"
WISH = "provider_wish"  # where the session keeps where somebody wanted to go
LINKS = "provider_links"  # when somebody proved to be who is signed in, to link the provider to them
TOLD_EVERY = 60  # seconds, of one address: what comes back can be made up by anybody
AWAY = "The sign-in service of your organisation can't be reached, or is set up wrongly. Try again later."
UNPROVEN = "The sign-in could not be checked. Begin again, and end it in the browser where you began."


@never_cache
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Send to the provider who is not signed in, or has just proved who they are in order to link it."""
    _must_be_set_up()
    wish = request.GET.get("next", "")[:2000]
    if request.user.is_authenticated and not _links(request):
        return entering.onwards(request, wish)
    request.session[WISH] = wish
    try:
        return oidc.begin(request, _here(request, "oidc-back"))
    except oidc.Unreachable as wrong:
        return _away(request, wrong)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Ask for the password before the provider is linked to an account: whoever is linked needs none later.

    The way on is a link on the page, since our policy lets no form lead away from this server.
    """
    _must_be_set_up()
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if not arriving.may_link(request.user):
        return redirect("account")
    if request.method == "GET":
        return render(request, LINK_PAGE)
    if wrong := proving.not_me(request):
        if isinstance(wrong, HttpResponse):
            return wrong
        return render(request, LINK_PAGE, {"wrong": wrong}, status=400)
    request.session[LINKS] = time.time()
    return render(request, LINK_PAGE, {"proved": True})


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
        return _unproven(request, wrong)
    to, links = request.session.pop(WISH, ""), _links(request)
    request.session.pop(LINKS, None)
    try:
        if links and request.user.is_authenticated:
            arriving.link(request.user, claims, issuer=settings.HITL_OIDC_ISSUER)
            messages.success(request, "From now on you can sign in through your organisation too.")
            return redirect("account")
        user = arriving.arrive(claims, issuer=settings.HITL_OIDC_ISSUER)
        arriving.admitted(user)
    except Refused as refused:
        log.warning("The provider vouches for somebody who stays out: %s %s", refused, _groups(claims))
        _record(str(refused))
        return render(request, PAGE, {"said": str(refused)}, status=403)
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


def _links(request: HttpRequest) -> bool:
    return time.time() - request.session.get(LINKS, 0) < entering.PATIENCE


def _groups(claims: Mapping[str, Any]) -> str:
    """Return what an operator needs to see who maps the provider's groups to roles."""
    name = settings.HITL_OIDC_GROUPS_CLAIM
    return f"Claim {name} holds {claimed.groups_of(claims, name)[:20]}."


def _unproven(request: HttpRequest, wrong: Exception) -> HttpResponse:
    """Say so; in the log and in the book it stands on one line, at most once a minute of an address."""
    why = repr(str(wrong)[:200])
    log.warning("A sign-in through the provider was refused: %s", why)
    if cache.add(f"unproven:{addresses.network_of(request)}", 1, TOLD_EVERY):
        _record(why)
    return render(request, PAGE, {"said": UNPROVEN}, status=400)


def _away(request: HttpRequest, wrong: Exception) -> HttpResponse:
    log.error("The sign-in provider can't be used: %s", wrong)
    return render(request, PAGE, {"said": AWAY, "away": True}, status=503)


def _record(why: str) -> None:
    trail.record("user.sign_in_refused", ATTEMPT, by="anonymous", why=why, how="provider")
