"""Policies that wait for a second admin: what would change, what speaks for it, and approve or refuse."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from audit.admin import FactAdmin
from audit.trail import actor_name
from routing import policies
from routing.admin import evidence
from routing.admin.confirming import Question, confirm
from routing.admin.show import ago, badge, laid_out, link
from routing.admin.teams import OfTeams
from routing.admin.trying import tried
from routing.differences import differences
from routing.models import Policy, Proposal
from routing.policy import Policy as PurePolicy

TONES = {"published": "good", "refused": "bad", "superseded": "plain"}


@admin.register(Proposal)
class ProposalAdmin(OfTeams, FactAdmin):
    change_form_template = "admin/routing/proposal/change_form.html"
    list_display = ["item_type", "state", "reason", "source", "proposed_by", "age"]
    list_display_links = ["item_type", "reason"]
    list_filter = ["item_type", "source", "outcome"]
    list_select_related = ["item_type"]
    search_fields = ["reason", "proposed_by", "why"]
    fieldsets = [
        (None, {"fields": ["item_type", "state", "source", "reason", "proposed_by", "proposed_at"]}),
        ("What it would change", {"fields": ["changes"]}),
        ("What speaks for it", {"fields": ["evidence_shown"]}),
        ("What became of it", {"fields": ["closed_by", "closed_at", "why", "as_policy"]}),
        ("In full", {"classes": ["collapse"], "fields": ["snapshot_laid_out"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("item_type", "policy__item_type")

    def get_fieldsets(self, request: HttpRequest, obj: Proposal | None = None) -> Any:
        became = "What became of it"
        return [one for one in self.fieldsets if one[0] != became or (obj and obj.closed_at)]

    @admin.display(description="state", ordering="closed_at")
    def state(self, row: Proposal) -> SafeString:
        if not row.closed_at:
            return badge("waits", "warn")
        return badge(row.get_outcome_display().lower(), TONES[row.outcome])

    @admin.display(description="proposed", ordering="id")
    def age(self, row: Proposal) -> SafeString | str:
        return ago(row.proposed_at)

    @admin.display(description="compared with the policy before")
    def changes(self, row: Proposal) -> SafeString | str:
        lines = ((text,) for text in _differences(row))
        return format_html_join("", "<div class='change'>{}</div>", lines) or "nothing"

    @admin.display(description="evidence")
    def evidence_shown(self, row: Proposal) -> SafeString | str:
        return evidence.shown(row.evidence)

    @admin.display(description="policy")
    def as_policy(self, row: Proposal) -> SafeString | str:
        return link(row.policy)

    @admin.display(description="snapshot")
    def snapshot_laid_out(self, row: Proposal) -> SafeString:
        return laid_out(row.snapshot)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"routing_proposal_{name}")
            for name, view in (("approve", self.approve_view), ("refuse", self.refuse_view))
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context = _standing(request, row) if row and not row.closed_at else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what would change, ask why, and put the proposed policy in force."""
        row = self._asked(request, pk)
        question = Question(
            title=f"Approve the policy proposed for {row.item_type}",
            intro=f"{row.proposed_by} has proposed this: {row.reason}. "
            "From the next item on the router goes by it.",
            changes=_differences(row),
            tried=_tried(row) if request.method == "GET" else [],
            button="Approve and publish",
            seen=f"{row.pk} {policies.latest(row.item_type).number}",
        )

        def act(why: str) -> str:
            policy = policies.approve(row, why=why, by=request.user)
            return f"Policy {policy.number} of {row.item_type} is in force."

        return confirm(request, self, row, question, act)

    def refuse_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask why, and close the proposal without putting it in force."""
        row = self._asked(request, pk)
        question = Question(
            title=f"Refuse the policy proposed for {row.item_type}",
            intro="The policy in force stays. Whoever proposed this one can read why.",
            changes=_differences(row),
            button="Refuse",
            seen=str(row.pk),
        )

        def act(why: str) -> str:
            policies.refuse(row, why=why, by=request.user)
            return f"The policy proposed for {row.item_type} is refused."

        return confirm(request, self, row, question, act)

    def _asked(self, request: HttpRequest, pk: int) -> Proposal:
        if not request.user.has_perm("routing.add_policy"):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=pk)


def _differences(row: Proposal) -> list[str]:
    """Against the policy in force while it waits, afterwards against the one it was to follow."""
    if row.closed_at:
        number = row.snapshot["number"] - 1
        before = Policy.objects.filter(item_type=row.item_type_id, number=number).first()
    else:
        before = policies.newest(row.item_type)
    wanted = PurePolicy.from_snapshot(row.snapshot)
    return differences(before.pure if before else None, wanted)


def _tried(row: Proposal) -> list[str]:
    """What it would do with recent items today; empty once it is closed."""
    return [] if row.closed_at else tried(row.item_type, PurePolicy.from_snapshot(row.snapshot)).sentences


def _standing(request: HttpRequest, row: Proposal) -> dict[str, Any]:
    """Return what the reader may do with a proposal that waits, and why not the rest."""
    before = policies.newest(row.item_type)
    may = request.user.has_perm("routing.add_policy")
    own = policies.same_person(row.proposed_by, actor_name(request.user))
    return {
        "waits": True,
        "tried": _tried(row),
        "stale": policies.stale(row, before),
        "in_force": before,
        "own": own and policies.needs_a_second(row.item_type, before),
        "may_close": may,
    }
