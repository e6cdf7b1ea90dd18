"""The admin's page on how often people are right about items of one type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from audit.uuid7 import earliest
from labeling.admin import influence
from labeling.models import AnnotatorSkill, Label
from labeling.people import agreement_by, ratings
from labeling.people.agreement_by import OfPerson
from labeling.people.influence import FEW, Influence, Share, by_person
from labeling.people.questions import can_ask, questions
from labeling.people.skills import BY_GOLD
from routing.admin import pages
from routing.models import Assignment, ItemType, Outcome, Purpose

DAYS = 30  # of known questions
WINDOW = 90  # days of everything else
NEWEST = 20_000  # timed answers that are read


@pages.page("people", "How good people are", pages.PEOPLE)
def people_page(request: HttpRequest, admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show how often each person is right, by name and never by rank, and how that is measured."""
    now = timezone.now()
    rows = AnnotatorSkill.objects.filter(item_type=item_type).select_related("user__reviewer")
    skills = sorted(rows, key=lambda row: row.user.get_username() if row.user else "")
    asked = Assignment.objects.filter(
        item_type=item_type, purpose=Purpose.GOLD, closed_at__gt=now - timedelta(days=DAYS)
    )
    units = [one for one in ratings.read(item_type, since=now - timedelta(days=WINDOW)) if one.drawn]
    beside = _Beside(
        {one.person: one for one in agreement_by.by_person(item_type, units)},
        by_person(influence.read(item_type)),
        _seconds(item_type, now),
    )
    known = {row.user_id for row in skills}
    others = User.objects.filter(pk__in=(set(beside.others) | set(beside.looks)) - known)
    shown = [_shown(row, beside) for row in skills if row.user]
    shown += [_unknown(user, beside) for user in others.select_related("reviewer")]
    shown.sort(key=lambda one: one["user"].get_username())
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
        "window": WINDOW,
        "people": shown,
        "habits": [(one["user"], habit) for one in shown for habit in one["habits"]],
    }
    return TemplateResponse(request, "admin/routing/itemtype/people.html", context)


@dataclass(frozen=True)
class _Beside:
    """What is known of people by id beside their skills: colleagues, the model's influence, time."""

    others: Mapping[int, OfPerson]
    looks: Mapping[int, Influence]
    seconds: Mapping[int, float]


def _seconds(item_type: ItemType, now: datetime) -> dict[int, float]:
    """Return by person how many seconds an answer took, the median, of whoever has answered FEW of late."""
    timed = Label.objects.filter(
        item_type=item_type, pk__gt=earliest(now - timedelta(days=WINDOW)), time_spent_ms__isnull=False
    )
    taken: dict[int, list[int]] = defaultdict(list)
    for person, milliseconds in timed.order_by("-pk").values_list("user", "time_spent_ms")[:NEWEST]:
        taken[person].append(milliseconds)
    return {person: median(some) / 1000 for person, some in taken.items() if len(some) >= FEW}


def _about(user: User, beside: _Beside) -> dict[str, Any]:
    limits, met = getattr(user, "reviewer", None), beside.others.get(user.pk)
    looks = beside.looks.get(user.pk)
    return {
        "user": user,
        "limits": limits if limits and limits.paused_at else None,
        "others_same": met.agreement if met and met.agreement.units >= FEW else None,
        "compared": met.agreement.units if met else 0,
        "habits": met.habits if met else (),
        "pull": looks.pull if looks else None,
        "seconds": beside.seconds.get(user.pk),
    }


def _unknown(user: User, beside: _Beside) -> dict[str, Any]:
    """Return what the page says of a person of whom no skill was measured."""
    none = {"gold": Share(0, 0), "expert": Share(0, 0), "others": None, "votes": 0}
    return _about(user, beside) | none


def _shown(row: AnnotatorSkill, beside: _Beside) -> dict[str, Any]:
    """Return what the page says of one person."""
    return _about(row.user, beside) | {
        "gold": Share(row.gold_right, row.gold_answered),
        "expert": Share(row.expert_agreed, row.expert_compared),
        "others": row if row.method != BY_GOLD and row.votes >= FEW else None,
        "votes": round(row.votes) if row.method != BY_GOLD else 0,
    }
