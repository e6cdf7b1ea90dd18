"""The admin's page on how often people are right about items of one type."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from labeling.models import AnnotatorSkill
from labeling.people.influence import FEW, Share
from labeling.people.questions import can_ask, questions
from labeling.people.skills import BY_GOLD
from routing.admin import pages
from routing.models import Assignment, ItemType, Outcome, Purpose

DAYS = 30


@pages.page("people", "How good people are", pages.PEOPLE)
def people_page(request: HttpRequest, admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show how often each person is right, by name and never by rank, and how that is measured."""
    now = timezone.now()
    rows = AnnotatorSkill.objects.filter(item_type=item_type).select_related("user__reviewer")
    skills = sorted(rows, key=lambda row: row.user.get_username() if row.user else "")
    asked = Assignment.objects.filter(
        item_type=item_type, purpose=Purpose.GOLD, closed_at__gt=now - timedelta(days=DAYS)
    )
    context = {
        **admin.admin_site.each_context(request),
        "title": f"People and {item_type}",
        "opts": admin.model._meta,
        "original": item_type,
        "few": FEW,
        "days": DAYS,
        "can_ask": can_ask(item_type),
        "known": len(questions(item_type, now=now)) if item_type.gold_share else 0,
        "asked": asked.exclude(outcome=Outcome.WITHDRAWN).count(),
        "measured_at": skills[0].measured_at if skills else None,
        "everybody": next((_shown(row) for row in skills if row.user is None), None),
        "people": [_shown(row) for row in skills if row.user],
    }
    return TemplateResponse(request, "admin/routing/itemtype/people.html", context)


def _shown(row: AnnotatorSkill) -> dict[str, Any]:
    """Return what the page says of one person."""
    limits = getattr(row.user, "reviewer", None)
    return {
        "user": row.user,
        "limits": limits if limits and limits.paused_at else None,
        "gold": Share(row.gold_right, row.gold_answered),
        "expert": Share(row.expert_agreed, row.expert_compared),
        "others": row if row.method != BY_GOLD and row.votes >= FEW else None,
        "votes": round(row.votes) if row.method != BY_GOLD else 0,
    }
