"""One page for an item type: what is asked, who answers, and the draft of its policy with its rules."""

from __future__ import annotations

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
from routing.admin import pages, publishing
from routing.admin.labels import LabelsField
from routing.admin.presets import PresetMixin
from routing.admin.rights import RightsInline
from routing.admin.rules import RuleInline
from routing.admin.show import badge, link
from routing.admin.teams import OfTeams
from routing.models import ItemType

THRESHOLDS = {"step": "0.01", "min": "0", "max": "1"}
SHARES = (
    "auto_approve",
    "review",
    "expert",
    "audit_rate",
    "blind_share",
    "agreement_tolerance",
    "overlap_share",
    "validated_share",
    "gold_share",
    "pause_below",
    "sure_at",
    "held_out_share",
)
REGRESSION = ("minimum", "maximum", "unit")
WHO = [
    ("queue", "expert_queue", "skill"),
    ("opinions_wanted", "blind_share", "agreement_tolerance"),
    ("reject_means", "comment_required", "cover"),
]
TRUST = [
    ("ask_until_sure", "sure_at", "most_opinions"),
    ("overlap_share", "validated_share"),
    ("gold_share", "pause_below"),
    ("second_looks", "reuse_corrections", "golden_days"),
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
MEASURED = "What comes of it is on the pages “Agreement”, “How good people are” and “Influence of the model”."
KEPT = "Saving keeps the draft. The router goes by it only once it is published."


class ItemTypeForm(forms.ModelForm):
    class Meta:
        model = ItemType
        fields = "__all__"
        help_texts = {
            "guidelines": "What a reviewer should know, in Markdown. It is shown beside each item. Each "
            "change makes a new version, listed on the page “Guidelines”; people are told what is new.",
            "labels": "The labels to choose from, separated by commas, in the order that people see. "
            'One that has a comma in it stands in quotes: "yes, in part", no.',
        }
        field_classes = {"labels": LabelsField}
        widgets = {
            **{name: forms.NumberInput(attrs=THRESHOLDS) for name in SHARES},
            "class_thresholds": forms.Textarea(attrs={"rows": 2}),
            "guidelines": forms.Textarea(attrs={"rows": 8}),
        }


@admin.register(ItemType)
class ItemTypeAdmin(OfTeams, PresetMixin, AuditedAdmin):
    type_path = "pk"
    asks_why = True
    form = ItemTypeForm
    inlines = [RightsInline, RuleInline]
    change_form_template = "admin/routing/itemtype/change_form.html"
    list_display = ["slug", "name", "kind", "queue", "expert_queue", "mode", "in_force"]
    list_filter = ["kind", "automate"]
    list_select_related = ["queue", "expert_queue"]
    search_fields = ["slug", "name"]
    fieldsets = [
        (
            "What is asked",
            {
                "fields": [
                    ("slug", "kind", "name"),
                    ("labels", "multilabel", "ordered"),
                    REGRESSION,
                    "guidelines",
                ]
            },
        ),
        ("Who answers", {"fields": WHO}),
        ("Whose it is", {"fields": ["teams"]}),
        ("Second opinions, and how good people are", {"fields": TRUST, "description": MEASURED}),
        ("Draft of the routing policy", {"fields": DRAFT, "description": KEPT}),
        ("Error target, with a proof", {"fields": TARGET}),
        ("Costs", {"fields": COSTS}),
        ("Learning", {"fields": ["held_out_share"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("rules__queue", policies.in_force())

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Offer the teams as boxes to tick: most servers have few groups."""
        return super().formfield_for_manytomany(
            db_field, request, widget=forms.CheckboxSelectMultiple, **options
        )

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
            "differences": publishing.changes(row, policy) if row else [],
            "second": bool(row) and policies.needs_a_second(row, policy),
            "proposal": row.proposals.filter(closed_at=None).first() if row else None,
            "proposed": bool(row) and policies.proposed(row),
            "may_publish": request.user.has_perm("routing.add_policy"),
            "pages": pages.offered(request.user),
        }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show how the draft differs from the policy in force, ask why, and publish or propose it."""
        if not request.user.has_perm("routing.add_policy"):
            raise PermissionDenied
        return publishing.put_forward(request, self, get_object_or_404(self.get_queryset(request), pk=pk))
