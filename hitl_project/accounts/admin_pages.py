"""What an admin may do for how a person signs in: invite, reset, take a second factor away, end sessions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from audit import sessions
from audit.admin.people import AuditedUserAdmin
from hitl_project.accounts import agents, arriving, invitations, second

NOT_YOURSELF = "This is you: your own account page does that, and asks for your password."

admin.site.unregister(User)


class InvitationForm(forms.Form):
    """Who is invited, and to which groups."""

    username = forms.CharField(max_length=150)
    email = forms.EmailField(
        required=False, help_text="Where the link is mailed, if a mail server is set up."
    )
    groups = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"), required=False, widget=forms.CheckboxSelectMultiple
    )


@admin.register(User)
class PeopleAdmin(AuditedUserAdmin):
    """Users, with pages for how they sign in."""

    change_list_template = "admin/auth/user/change_list.html"
    change_form_template = "admin/auth/user/change_form.html"

    def get_urls(self) -> list[Any]:
        """Return Django's pages and ours before them."""
        own = [
            path("invite/", self.admin_site.admin_view(self.invite), name="auth_user_invite"),
            path("<int:pk>/access/", self.admin_site.admin_view(self.access), name="auth_user_access"),
        ]
        return [*own, *super().get_urls()]

    def invite(self, request: HttpRequest) -> HttpResponse:
        """Ask for a new person, then show the link by which they set a password."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = InvitationForm(request.POST if request.method == "POST" else None)
        link = ""
        if form.is_valid():
            asked = form.cleaned_data
            groups = [row.name for row in asked["groups"]]
            try:
                link = invitations.invite(asked["username"], asked["email"], groups, by=request.user)
            except ValueError as wrong:
                form.add_error(None, str(wrong))
        return self._page(
            request, "admin/auth/user/invite.html", title="Invite somebody", form=form, link=link
        )

    def access(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show where a person is signed in and with what, and do for them what they can't do themselves."""
        person = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        link = ""
        if request.method == "POST":
            try:
                link = self._act(request, person)
            except ValueError as wrong:
                messages.error(request, str(wrong))
            if not link:
                return redirect(reverse("admin:auth_user_access", args=[person.pk]))
        rows = [(agents.named(row.agent), row) for row in sessions.of(person)]
        return self._page(
            request,
            "admin/auth/user/access.html",
            title=f"How {person} signs in",
            person=person,
            link=link,
            sessions=rows,
            has_second=second.has(person),
            identities=list(person.identities.all()),
            oneself=person == request.user,
            local=settings.HITL_LOCAL_SIGN_IN,
        )

    def _act(self, request: HttpRequest, person: User) -> str:
        """Do what was asked; return the link that was made, or nothing."""
        act = request.POST.get("act")
        if person == request.user and act != "sessions":
            raise ValueError(NOT_YOURSELF)
        if act == "link":
            return _whole(request, invitations.reset(person, by=request.user))
        if act == "second":
            done = second.remove(person, by=request.user)
            messages.success(request, "The second factor is off." if done else "There was none.")
        elif act == "sessions":
            count = sessions.end(
                person, why="ended by an admin", by=request.user, but=request.session.session_key
            )
            messages.success(request, f"{count} ended.")
        elif act == "unlink" and (pk := request.POST.get("identity", "")).isdecimal():
            arriving.unlink(get_object_or_404(person.identities, pk=pk), by=request.user)
            messages.success(request, "The organisation does not sign anybody in to this account any more.")
        return ""

    def user_change_password(self, request: HttpRequest, **route: str) -> HttpResponse:
        """Change another's password; one's own needs the present one, as everybody's does."""
        # An address has many ways to write one number.
        if self.get_object(request, unquote(route["id"])) == request.user:
            return redirect("password")
        return super().user_change_password(request, **route)

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        if context.get("link"):
            context["link"] = _whole(request, context["link"])
        return render(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, **context}
        )


def _whole(request: HttpRequest, link: str) -> str:
    """Return a link with this server's address, as the browser knows it, where it has none."""
    return request.build_absolute_uri(link)
