"""Signing in and out with a password, and the step of the second factor; each attempt is in the trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from audit import trail
from hitl_project.accounts import entering, locking, second
from hitl_project.accounts.invitations import NO_PASSWORDS
from hitl_project.accounts.locking import ATTEMPT, LONGEST_NAME


class NameAndPassword(AuthenticationForm):
    """Django's form; a name longer than any may be is refused before it is looked for or counted.

    Django's own field learns its length too late to have a validator for it. Here it judges the name as it
    is looked for, in NFKC, which may be longer than what was typed.
    """

    username = UsernameField(max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autofocus": True}))


class SignIn(LoginView):
    """The sign-in page."""

    authentication_form = NameAndPassword

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse passwords where only the provider signs people in; send on who is in already."""
        if request.method == "POST" and not settings.HITL_LOCAL_SIGN_IN:
            raise PermissionDenied(NO_PASSWORDS)
        if request.user.is_authenticated:
            return entering.onwards(request, self.get_redirect_url())
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page shows: which ways in there are."""
        ways = {
            "local": settings.HITL_LOCAL_SIGN_IN,
            "provider": settings.HITL_OIDC_BUTTON if settings.HITL_OIDC_ISSUER else "",
            "left": "left" in self.request.GET,
        }
        return super().get_context_data(**kwargs) | ways

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on to the second factor, or in."""
        return entering.enter(self.request, form.get_user(), how="password", to=self.get_redirect_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Record the refusal with whose name was tried, never the password."""
        name = str(form.data.get("username", ""))[:LONGEST_NAME]
        trail.record("user.sign_in_refused", ATTEMPT, by="anonymous", **locking.told(name))
        return super().form_invalid(form)


class SignOut(LogoutView):
    """Ends the session and shows the sign-in page."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out and record it; whom a provider signed in is told that they still are, there."""
        by_provider = request.session.get(entering.BY_PROVIDER)
        if request.user.is_authenticated:
            trail.record("user.signed_out", request.user, by=request.user)
        response = super().post(request, *args, **kwargs)
        return redirect(f"{response.url}?left=1") if by_provider else response


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask who has shown their password for a code; wrong ones count like wrong passwords."""
    someone = entering.halfway(request)
    if someone is None:
        return redirect("login")
    if request.method == "GET":
        return render(request, "registration/second_factor.html")
    if not locking.allowed(request, someone.user):
        request.session.flush()
        return locking.locked(request, credentials={"username": someone.user.get_username()})
    found = second.fits(someone.user, request.POST.get("code", "")[:40])
    if found:
        how = f"{someone.how} and {found}"
        return entering.complete(request, someone.user, how=how, to=someone.to)
    name = someone.user.get_username()
    trail.record("user.sign_in_refused", ATTEMPT, by="anonymous", username=name, why="code")
    locking.failed(request, someone.user)
    context = {"wrong": True, "until": second.paused_until(someone.user)}
    return render(request, "registration/second_factor.html", context, status=400)


login = SignIn.as_view()
logout = SignOut.as_view()
