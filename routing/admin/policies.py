"""Published policies: read, compared and published again, never changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from routing import policies
from routing.admin import comparing, evidence
from routing.admin.confirming import Question, confirm
from routing.admin.show import badge, laid_out, link
from routing.admin.teams import OfTeams
from routing.admin.trying import tried
from routing.differences import differences
from routing.models import Policy, Proposal

CHOICES = 200  # policies to compare with, the newest


@admin.register(Policy)
class PolicyAdmin(OfTeams, FactAdmin):
    change_form_template = "admin/routing/policy/change_form.html"
    list_display = ["number", "item_type", "state", "reason", "published_by", "published_at"]
    list_filter = ["item_type", "published_at"]
    list_select_related = ["item_type"]
    search_fields = ["reason", "published_by"]
    ordering = ["-published_at"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "item_type",
                    "number",
                    "state",
                    "reason",
                    "published_by",
                    "published_at",
                    "proposed",
                ]
            },
        ),
        ("What it changed", {"fields": ["changes"]}),
        ("What speaks for it", {"fields": ["evidence_shown"]}),
        ("In full", {"classes": ["collapse"], "fields": ["rules_and_thresholds"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        latest = (
            Policy.objects.filter(item_type=OuterRef("item_type")).order_by("-number").values("number")[:1]
        )
        return super().get_queryset(request).annotate(latest=Subquery(latest))

    @admin.display(description="state")
    def state(self, row: Policy) -> SafeString:
        return badge("in force", "good") if row.number == row.latest else badge("replaced", "plain")

    @admin.display(description="proposal")
    def proposed(self, row: Policy) -> SafeString | str:
        found = Proposal.objects.filter(policy=row).first()
        return link(found, f"proposed by {found.proposed_by}") if found else "none: it was published directly"

    @admin.display(description="compared with the one before")
    def changes(self, row: Policy) -> SafeString | str:
        before = _others(row).filter(number__lt=row.number).first()
        said = differences(before.pure if before else None, row.pure)
        return format_html_join("", "<div class='change'>{}</div>", ((text,) for text in said)) or "nothing"

    @admin.display(description="snapshot")
    def rules_and_thresholds(self, row: Policy) -> SafeString:
        return laid_out(row.snapshot)

    @admin.display(description="evidence")
    def evidence_shown(self, row: Policy) -> SafeString | str:
        return evidence.shown(row.evidence)

    def get_urls(self) -> list[URLPattern]:
        again = path(
            "<int:pk>/republish/",
            self.admin_site.admin_view(self.republish_view),
            name="routing_policy_republish",
        )
        return [again, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context = _compared(row, request.GET.get("with", "")) if row else {}
        context["may_republish"] = (
            bool(row) and row.number != row.latest and request.user.has_perm("routing.add_policy")
        )
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def republish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what would change, ask why, and publish or propose this policy again."""
        if not request.user.has_perm("routing.add_policy"):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request).select_related("item_type"), pk=pk)
        before = policies.latest(row.item_type)
        second = policies.needs_a_second(row.item_type, before)
        word = "Propose" if second else "Publish"
        question = Question(
            title=f"{word} policy {row.number} of {row.item_type} again",
            intro=f"Its thresholds and rules become policy {before.number + 1}"
            f"{' once another admin approves it' if second else ''}. What is asked and what is proven stay "
            "as they are today, and so does the draft.",
            changes=differences(before.pure, policies.revived(row.pure, before))
            if row.pk != before.pk
            else [],
            tried=tried(row.item_type, policies.revived(row.pure, before)).sentences
            if row.pk != before.pk and request.method == "GET"
            else [],
            button=f"{word} it again",
            seen=str(before.number),
            nothing=f"There is nothing to publish: what is in force decides as policy {row.number} did.",
        )

        def act(reason: str) -> str:
            made = policies.republish(row, reason=reason, by=request.user)
            if isinstance(made, Policy):
                return (
                    f"Policy {made.number} of {row.item_type} is in force: it is policy {row.number} again."
                )
            return f"Policy {row.number} of {row.item_type} is proposed again; another admin must approve it."

        return confirm(request, self, row, question, act)


def _others(row: Policy) -> Any:
    return Policy.objects.filter(item_type=row.item_type_id).exclude(pk=row.pk).order_by("-number")


def _compared(row: Policy, asked: str) -> dict[str, Any]:
    """Return the policy that is asked for beside this one; without a number the newest other one."""
    others = _others(row)
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None
    other = others.first() if number is None else others.filter(number=number).first()
    if other is None:
        return {}
    older, newer = sorted((row, other), key=lambda one: one.number)
    return {
        "others": list(others.values_list("number", flat=True)[:CHOICES]),
        "other": other,
        "older": older,
        "newer": newer,
        "words": differences(older.pure, newer.pure),
        "sides": comparing.sides(older.pure, newer.pure),
    }
