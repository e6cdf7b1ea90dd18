"""The page behind an invitation or a reset link: set a password, once."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from audit import sessions, trail
from hitl_project.accounts import entering, invitations
from hitl_project.accounts.invitations import NO_PASSWORDS

PAGE = "registration/invited.html"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form for a new password, or set it and let the person in; the link is void from then on."""
    if not settings.HITL_LOCAL_SIGN_IN:
        raise PermissionDenied(NO_PASSWORDS)
    user = invitations.invited(token)
    if user is None:
        return render(request, PAGE, {"gone": True}, status=410)
    form = SetPasswordForm(user, request.POST if request.method == "POST" else None)
    new = not user.has_usable_password()
    if request.method == "GET" or not form.is_valid():
        status = 400 if form.errors else 200
        return render(request, PAGE, {"form": form, "person": user, "new": new}, status=status)
    with transaction.atomic():
        # Who comes second, with the same link at the same moment, finds it void.
        type(user).objects.select_for_update().get(pk=user.pk)
        if invitations.invited(token) is None:
            return render(request, PAGE, {"gone": True}, status=410)
        form.save()
        sessions.end(user, why="new password", by=user, but=request.session.session_key)
        trail.record("user.password_changed", user, by=user, how="invitation" if new else "reset link")
    return entering.enter(request, user, how="link")
