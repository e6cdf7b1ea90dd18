"""Users and groups in the admin, every edit in the trail, a password never."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from audit import trail
from audit.admin.audited import AuditedAdmin

admin.site.unregister([User, Group])


@admin.register(User)
class AuditedUserAdmin(AuditedAdmin, UserAdmin):
    """Django's own user admin; of a password only that it changed is recorded."""

    audit_secret = ("password",)

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, **route: str) -> HttpResponse:
        """Change a user's password and record that it was."""
        user = self.get_object(request, unquote(route["id"]))
        response = super().user_change_password(request, **route)
        if user and User.objects.get(pk=user.pk).password != user.password:
            trail.record("user.password_changed", user, by=request.user)
        return response


@admin.register(Group)
class AuditedGroupAdmin(AuditedAdmin, GroupAdmin):
    """Django's own group admin."""
