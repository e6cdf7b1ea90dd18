"""The admin site: one sign-in for the whole server, and its lists in the order an admin works."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse

from hitl_project import attention
from hitl_project.starting import steps
from hitl_project.starting import urls as starting

ENTRY = "routing.view_item"  # leads, admins and compliance hold it: roles.py
GROUPS = (
    ("Set-up", ("ItemType", "Rule", "Queue", "Policy", "Proposal")),
    ("Work", ("Item", "Assignment", "Delivery", "Endpoint")),
    (
        "What people said",
        (
            "Review",
            "Label",
            "ReviewSession",
            "Appeal",
            "Flag",
            "GoldenExample",
            "Correction",
            "ProductionFeedback",
        ),
    ),
    ("Learning", ("ModelVersion", "TrainingRun", "SamplingRun", "Evaluation")),
    ("Record", ("Certification", "AuditEvent", "Seal")),
    ("People and keys", ("User", "Reviewer", "Group", "ApiKey")),
    ("Server", ("Success", "Failure", "AccessAttempt", "AccessLog")),
)


class HitlAdminSite(AdminSite):
    """Django's admin, opened by a right in place of the staff flag, so that a role is all that counts."""

    site_title = "HITL admin"
    site_header = "HITL"
    index_title = "Administration"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may enter; what they see inside hangs on their rights per table."""
        return request.user.is_active and request.user.has_perm(ENTRY)

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Any:
        """Return the view for who has the right; 400 where Django would look for a field without a name."""

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
                raise DisallowedModelAdminToField("The field has no name.")
            return view(request, *args, **kwargs)

        return super().admin_view(checked, cacheable)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the one sign-in page, and answer 403 to who is signed in without the right."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        target = request.GET.get("next") or reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        return redirect_to_login(target)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send to the one page for it, which ends other sessions and is throttled."""
        return HttpResponseRedirect(reverse("password"))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show the lists, what waits for an admin's decision, and the guide until something was reviewed."""
        guide = steps.offer(request) if request.user.has_perm("routing.add_itemtype") else None
        shown = {"waiting": attention.waiting(request.user), "guide": guide}
        return super().index(request, shown | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        """Return the admin's addresses and those of the guide."""
        return [*starting.urls(self), *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Return the tables in the groups above; one that no group names comes last, by app."""
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        left = {model["object_name"]: model for app in apps for model in app["models"]}
        grouped = []
        for title, names in GROUPS:
            models = [left.pop(name) for name in names if name in left]
            if models:
                grouped.append(_group(title, models))
        rest = list(left.values())
        return [*grouped, _group("More", rest)] if rest else grouped


def _group(title: str, models: list[dict[str, Any]]) -> dict[str, Any]:
    slug = title.lower().replace(" ", "-")
    return {"name": title, "app_label": slug, "app_url": "", "has_module_perms": True, "models": models}
