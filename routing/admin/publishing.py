"""The page on which a draft becomes the policy in force, or a proposal to a second admin."""

from __future__ import annotations

import hashlib
import json

from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from routing import policies
from routing.admin.confirming import Question, confirm
from routing.admin.trying import tried
from routing.differences import differences
from routing.models import ItemType, Policy

BACKEND = "django.contrib.auth.backends.ModelBackend"
NAMED = 5  # people who could approve


def put_forward(request: HttpRequest, admin: ModelAdmin, row: ItemType) -> HttpResponse:
    """Show how the draft differs from the policy in force, ask why, and publish or propose it."""
    before = policies.newest(row)
    second = policies.needs_a_second(row, before)
    number = before.number + 1 if before else 1
    word = "Propose" if second else "Publish"
    waits = policies.proposed(row)
    told = [] if waits else changes(row, before)
    draft = policies.draft(row)
    question = Question(
        title=f"{word} policy {number} of {row}",
        intro=_intro(request, second=second) if told else "",
        changes=told,
        tried=tried(row, draft).sentences if told and request.method == "GET" else [],
        more=reverse("admin:routing_itemtype_backtest", args=[row.pk]),
        button=f"{word} policy {number}",
        seen=_mark(row, before),
        nothing="The draft as it is waits for an approval already."
        if waits
        else f"There is nothing to publish: the draft is policy {number - 1}, which is in force.",
    )

    def act(reason: str) -> str:
        kept = tried(row, draft).evidence
        made = policies.put_forward(row, reason=reason, evidence=kept, seen=draft, by=request.user)
        if isinstance(made, Policy):
            return f"Policy {made.number} of {row} is in force."
        return f"Policy {number} of {row} is proposed. The router goes by it once another admin approves it."

    return confirm(request, admin, row, question, act)


def changes(row: ItemType, before: Policy | None) -> list[str]:
    """Return how the draft differs from this policy, in words."""
    if before and not policies.differs(row, before):
        return []
    return differences(before.pure if before else None, policies.draft(row))


def _intro(request: HttpRequest, *, second: bool) -> str:
    kept = "What it would do with the last items is kept with it."
    if not second:
        return (
            f"From the next item on the router goes by this. Items that were judged keep their policy. {kept}"
        )
    others = User.objects.with_perm("routing.add_policy", backend=BACKEND).exclude(pk=request.user.pk)
    names = list(others.order_by("username").values_list("username", flat=True)[: NAMED + 1])
    if not names:
        return (
            "Another admin must approve this before the router goes by it, and there is no other admin yet: "
            "put somebody into the group admins, or nobody can approve it."
        )
    shown = ", ".join(names[:NAMED]) + (" or another admin" if len(names) > NAMED else "")
    return f"Another admin must approve this before the router goes by it: ask {shown}. {kept}"


def _mark(row: ItemType, policy: Policy | None) -> str:
    """Return a mark of what the page showed, so that nobody publishes what they have not seen."""
    draft = policies.essence(policies.draft(row))
    shown = json.dumps([policy.number if policy else 0, draft], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()
