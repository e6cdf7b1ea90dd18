"""One page for an item type: what is asked, who answers, and the draft of its policy with its rules."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from audit.admin import AuditedAdmin
from routing import policies
from routing.admin import pages
from routing.admin.confirming import Question, confirm
from routing.admin.rules import RuleInline
from routing.admin.show import badge, link
from routing.differences import differences
from routing.models import ItemType, Policy

THRESHOLDS = {"step": "0.01", "min": "0", "max": "1"}
SHARES = (
    "auto_approve",
    "review",
    "expert",
    "audit_rate",
    "blind_share",
    "agreement_tolerance",
    "held_out_share",
)
REGRESSION = ("minimum", "maximum", "unit")
WHO = [
    ("queue", "expert_queue", "skill"),
    ("opinions_wanted", "blind_share", "agreement_tolerance"),
    ("reject_means", "comment_required"),
]
DRAFT = [
    ("automate", "expert_mandatory", "four_eyes"),
    ("auto_approve", "review", "expert"),
    ("class_thresholds", "audit_rate", "committee_limit"),
    ("novelty_limit", "confirm_classes"),
]
TARGET = [
    ("target_alpha", "target_of", "target_delta"),
    ("certify_by", "simultaneous", "publish_certificates"),
    ("early_audit_rate", "early_items", "seeded_share"),
]
COSTS = ["route_by_cost", ("cost_error", "cost_review_hour", "cost_expert_hour", "cost_delay_hour")]
KEPT = "Saving keeps the draft. The router goes by it only once it is published."


class ItemTypeForm(forms.ModelForm):
    class Meta:
        model = ItemType
        fields = "__all__"
        widgets = {
            **{name: forms.NumberInput(attrs=THRESHOLDS) for name in SHARES},
            "class_thresholds": forms.Textarea(attrs={"rows": 2}),
            "guidelines": forms.Textarea(attrs={"rows": 8}),
        }


@admin.register(ItemType)
class ItemTypeAdmin(AuditedAdmin):
    form = ItemTypeForm
    inlines = [RuleInline]
    change_form_template = "admin/routing/itemtype/change_form.html"
    list_display = ["slug", "name", "kind", "queue", "expert_queue", "mode", "in_force"]
    list_filter = ["kind", "automate"]
    list_select_related = ["queue", "expert_queue"]
    search_fields = ["slug", "name"]
    fieldsets = [
        (
            "What is asked",
            {"fields": [("slug", "kind", "name"), ("labels", "multilabel"), REGRESSION, "guidelines"]},
        ),
        ("Who answers", {"fields": WHO}),
        ("Draft of the routing policy", {"fields": DRAFT, "description": KEPT}),
        ("Error target, with a proof", {"fields": TARGET}),
        ("Costs", {"fields": COSTS}),
        ("Learning", {"fields": ["held_out_share"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("rules__queue", policies.in_force())

    def get_readonly_fields(self, request: HttpRequest, obj: ItemType | None = None) -> list[str]:
        return ["slug", "kind"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: ItemType | None = None) -> bool:
        # Its first policy exists from the moment it is made, and policies are kept for ever.
        return False

    @admin.display(description="routing")
    def mode(self, row: ItemType) -> SafeString:
        if row.expert_mandatory:
            return badge("experts only", "warn")
        return badge("automated", "good") if row.automate else badge("people only", "plain")

    @admin.display(description="policy in force")
    def in_force(self, row: ItemType) -> SafeString | str:
        if not row.newest:
            return badge("none", "bad")
        policy = row.newest[0]
        if policies.differs(row, policy):
            return badge(f"{policy.number}, draft differs", "warn")
        return link(policy, str(policy.number))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            policies.publish(
                ItemType.objects.get(pk=form.instance.pk), reason="first policy", by=request.user
            )

    def get_urls(self) -> list[URLPattern]:
        publish = path(
            "<int:pk>/publish/",
            self.admin_site.admin_view(self.publish_view),
            name="routing_itemtype_publish",
        )
        return [publish, *pages.urls(self), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        policy = row.newest[0] if row and row.newest else None
        context = {
            "policy": policy,
            "differences": _differences(row, policy) if row else [],
            "may_publish": request.user.has_perm("routing.add_policy"),
            "pages": [one for one in pages.PAGES if request.user.has_perm(one.right)],
        }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show how the draft differs from the policy in force, ask why, and publish it."""
        if not request.user.has_perm("routing.add_policy"):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        before = row.newest[0] if row.newest else None
        number = before.number + 1 if before else 1
        question = Question(
            title=f"Publish policy {number} of {row}",
            intro="From the next item on the router goes by this. Items that were judged keep their policy.",
            changes=_differences(row, before),
            button=f"Publish policy {number}",
            seen=_mark(row, before),
            nothing=f"There is nothing to publish: the draft is policy {number - 1}, which is in force.",
        )

        def act(reason: str) -> str:
            policy = policies.publish(row, reason=reason, by=request.user)
            return f"Policy {policy.number} of {row} is in force."

        return confirm(request, self, row, question, act)


def _differences(row: ItemType, policy: Policy | None) -> list[str]:
    return differences(policy.pure if policy else None, policies.draft(row))


def _mark(row: ItemType, policy: Policy | None) -> str:
    """Return a mark of what the page showed, so that nobody publishes what they have not seen."""
    shown = json.dumps([policy.number if policy else 0, policies.draft(row).to_snapshot()], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()
