"""The pages of people: who acts here, and what one of them did, from where, and what was done to them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audit import finding
from audit.finding import Wanted
from audit.models import ApiKey, AuditEvent
from hitl_project.compliance import verbs
from hitl_project.compliance.access import reads_the_whole_book
from hitl_project.compliance.asking import names
from hitl_project.compliance.events import shown

MOST = 200
SIGN_INS, LATEST = 15, 12
OVER = timedelta(days=30)
COUNTED = 100_000  # of a person's events in that time; more are said to be more


@reads_the_whole_book
def people(request: HttpRequest) -> HttpResponse:
    """Show who has an account, by name, and those whose name holds what is asked for."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:150]
    users = User.objects.order_by("username").prefetch_related("groups")
    if asked:
        users = users.filter(
            Q(username__icontains=asked)
            | Q(first_name__icontains=asked)
            | Q(last_name__icontains=asked)
            | Q(email__icontains=asked)
        )
    live = ApiKey.objects.filter(user=OuterRef("pk"), revoked_at=None)
    found = list(users.annotate(has_key=Exists(live))[: MOST + 1])
    context = {"people": found[:MOST], "more": len(found) > MOST, "asked": asked, "most": MOST}
    return render(request, "compliance/people.html", context)


@reads_the_whole_book
def person(request: HttpRequest, name: str) -> HttpResponse:
    """Show what one person did; 404 for whom neither an account nor the book knows."""
    if "\x00" in name:
        raise Http404
    user = User.objects.filter(username=name).first()
    actors = names(name)
    latest = finding.read(finding.matching(AuditEvent.objects.all(), Wanted(actors=actors)), most=LATEST)
    if user is None and not latest:
        raise Http404
    since = timezone.now() - OVER
    context = {
        "name": name,
        "account": user,
        "latest": shown(latest),
        "done": _done(actors, since),
        "days": OVER.days,
        "sign_ins": AccessLog.objects.filter(username=name).order_by("-attempt_time")[:SIGN_INS],
        "refused": AccessAttempt.objects.filter(username=name).order_by("-attempt_time")[:SIGN_INS],
        **(_account(user) if user else {}),
    }
    return render(request, "compliance/person.html", context)


def _account(user: User) -> dict[str, Any]:
    done_to = AuditEvent.objects.filter(subject_type="auth.user", subject_id=str(user.pk))
    changed = done_to.exclude(verb__in=["user.signed_in", "user.signed_out"])
    return {
        "groups": user.groups.order_by("name"),
        "keys": ApiKey.objects.filter(user=user).order_by("-created_at"),
        "changed": shown(list(changed.order_by("-id")[:LATEST])),
    }


def _done(actors: Collection[str], since: Any) -> list[tuple[str, str, int]]:
    """Return how often they did what since then: verb, words and number, the most frequent first."""
    rows = finding.matching(AuditEvent.objects.all(), Wanted(actors=actors, since=since))
    recent = rows.order_by("-id").values("pk")[:COUNTED]
    counted = AuditEvent.objects.filter(pk__in=recent).order_by().values("verb").annotate(times=Count("pk"))
    ordered = sorted(counted, key=lambda one: (-one["times"], one["verb"]))
    return [(one["verb"], verbs.in_words(one["verb"]), one["times"]) for one in ordered]
