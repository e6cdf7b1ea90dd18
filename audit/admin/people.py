"""Users and groups in the admin, every edit in the trail, a password never."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from audit import sessions, trail
from audit.admin.audited import AuditedAdmin
from audit.trail import Entry

SET_BY_BOOTSTRAP = (
    "What reviewers, experts, leads, admins, compliance and clients may do is set by manage.py bootstrap: "
    "a change made here by hand is taken back, and recorded, when it runs next."
)

admin.site.unregister([User, Group])


@admin.register(User)
class AuditedUserAdmin(AuditedAdmin, UserAdmin):
    """Django's own user admin; of a password only that it changed is recorded."""

    asks_why = True
    audit_secret = ("password",)
    list_display = ["username", "email", "first_name", "last_name", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Return the form without single rights: a role is what counts. Only a superuser makes another."""
        if obj is None:
            return super().get_fieldsets(request, obj)
        may = (
            ["is_active", "is_superuser", "groups"] if request.user.is_superuser else ["is_active", "groups"]
        )
        (names, fields), personal, _, dates, *why = super().get_fieldsets(request, obj)
        return [(names, fields), personal, ("What they may do", {"fields": may}), dates, *why]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return whether this person may edit that one; a superuser is edited by superusers alone."""
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not above

    def save_related(self, request: HttpRequest, form: Any, formsets: list, change: bool) -> None:
        """Save what hangs on the person; who is switched off, or loses a group, is signed out everywhere."""
        super().save_related(request, form, formsets, change)
        before = set(form.audit_before.get("groups", ()))
        user = form.instance
        if change and form.audit_before.get("is_active") and not user.is_active:
            sessions.end(user, why="switched off", by=request.user)
        elif before - set(user.groups.values_list("name", flat=True)) or (
            form.audit_before.get("is_superuser") and not user.is_superuser
        ):
            sessions.end(user, why="roles taken away", by=request.user, but=request.session.session_key)

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, **route: str) -> HttpResponse:
        """Change a user's password and record that it was."""
        user = self.get_object(request, unquote(route["id"]))
        response = super().user_change_password(request, **route)
        if user and User.objects.get(pk=user.pk).password != user.password:
            trail.record("user.password_changed", user, by=request.user)
            sessions.end(user, why="new password", by=request.user, but=request.session.session_key)
        return response


@admin.register(Group)
class AuditedGroupAdmin(AuditedAdmin, GroupAdmin):
    """Django's own group admin; what a group may do is for superusers to say, or else for roles.py."""

    asks_why = True

    def _delete(self, rows: Any, request: HttpRequest) -> None:
        """Record too who loses the group with it, and sign them out everywhere else."""
        super()._delete(rows, request)
        gone = {row.name for row in rows}
        members = User.objects.filter(groups__name__in=gone).distinct().prefetch_related("groups")
        groups = {user: sorted(one.name for one in user.groups.all()) for user in members}
        entries = [
            Entry("user.regrouped", user, {"before": names, "after": sorted(set(names) - gone)})
            for user, names in groups.items()
        ]
        trail.record_all(entries, by=request.user)
        for user in groups:
            sessions.end(user, why="roles taken away", by=request.user, but=request.session.session_key)

    def get_fieldsets(self, request: HttpRequest, obj: Group | None = None) -> Any:
        """Return the form with a word on who sets what the roles may do."""
        _, *why = super().get_fieldsets(request, obj)
        names = ["name", "permissions"] if request.user.is_superuser else ["name"]
        return [(None, {"fields": names, "description": SET_BY_BOOTSTRAP}), *why]
