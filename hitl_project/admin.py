"""The admins of what others bring along: the worker's results and the sign-ins, to be read and no more."""

from __future__ import annotations

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_q.models import Failure, OrmQ, Schedule, Success, Task

from audit.admin import AuditEventAdmin, BoundedPaginator, FactAdmin
from audit.models import AuditEvent
from hitl_project.accounts.admin_pages import PeopleAdmin
from routing import teams
from routing.admin.show import ago

# Whoever can add a schedule, or queue a task anew, runs any function by its name: not from a browser.
# Who can read a second factor's secret has it.
admin.site.unregister([TOTPDevice, StaticDevice])
admin.site.unregister([Schedule, OrmQ, Success, Failure, AccessAttempt, AccessFailureLog, AccessLog])


__all__ = ["PeopleAdmin"]


class WholeBookAdmin(AuditEventAdmin):
    """The trail's events, for those who may see all item types: an event may be about any."""

    def has_view_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        return super().has_view_permission(request, obj) and not teams.hidden(request)


admin.site.unregister(AuditEvent)
admin.site.register(AuditEvent, WholeBookAdmin)


class TaskAdmin(FactAdmin):
    """What the lists of ended tasks share."""

    list_display = ["name", "func", "took", "attempt_count", "ended"]
    list_filter = ["func"]
    fields = ["name", "func", "said", "attempt_count", "started", "stopped", "took"]
    paginator = BoundedPaginator
    show_full_result_count = False
    ordering = ["-stopped"]

    @admin.display(description="result")
    def said(self, row: Task) -> str:
        return str(row.result)

    @admin.display(description="took")
    def took(self, row: Task) -> str:
        first = " since its first try" if row.attempt_count > 1 else ""
        return f"{row.time_taken():.2f} s{first}"

    @admin.display(description="ended", ordering="stopped")
    def ended(self, row: Task) -> SafeString | str:
        return ago(row.stopped)


@admin.register(Success)
class SuccessAdmin(TaskAdmin):
    """Tasks that went well."""


@admin.register(Failure)
class FailureAdmin(TaskAdmin):
    """Tasks that failed, each with what it raised."""

    list_display = ["name", "func", "said", "attempt_count", "ended"]


class SignInAdmin(FactAdmin):
    """What the lists of sign-ins share."""

    search_fields = ["username", "ip_address"]
    paginator = BoundedPaginator
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: AccessAttempt | AccessLog | None = None) -> list[str]:
        return [*self.list_display, "user_agent", "path_info"]


@admin.register(AccessAttempt)
class AccessAttemptAdmin(SignInAdmin):
    """Sign-ins that failed, by name and address; five lock the two together for a quarter of an hour."""

    list_display = ["username", "ip_address", "failures_since_start", "attempt_time"]


@admin.register(AccessLog)
class AccessLogAdmin(SignInAdmin):
    """Sign-ins that went well."""

    list_display = ["username", "ip_address", "attempt_time", "logout_time"]
