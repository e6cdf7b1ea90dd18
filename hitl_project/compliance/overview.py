"""The page at /compliance/: the state of the book in one glance."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audit import checking
from audit.models import AuditEvent, Checkpoint, Seal
from hitl_project.compliance import filters, verbs
from hitl_project.compliance.access import reads_the_book
from hitl_project.compliance.events import shown
from labeling.appeals import figures
from routing import teams

# What changes how decisions are made, who may make them, or what is kept.
WEIGHTY = (
    "policy.published",
    "policy.refused",
    "model.promoted",
    "model.retired",
    "itemtype.changed",
    "queue.changed",
    "user.regrouped",
    "user.added",
    "user.created",
    "user.changed",
    "group.changed",
    "key.created",
    "key.revoked",
    "subjectrights.added",
    "subjectrights.changed",
    "hold.placed",
    "hold.lifted",
    "erasure.ended",
    "item.overturned",
)
LATEST = 8
DISPUTED = 90  # days of disputes that are counted
ACTORS = 12
# Seals and checkpoints count what they cover, so that only the last minute's events are counted one by one.
COUNTS = """
WITH signed AS (SELECT seal, events FROM audit_checkpoint ORDER BY seal DESC LIMIT 1),
covered AS (
    SELECT coalesce((SELECT events FROM signed), 0) + coalesce(sum(events), 0) AS events
    FROM audit_seal WHERE number > coalesce((SELECT seal FROM signed), 0)
)
SELECT covered.events, (
    SELECT count(*) FROM audit_auditevent
    WHERE id > coalesce((SELECT last_id FROM audit_seal ORDER BY number DESC LIMIT 1), 0)
) FROM covered
"""
# Each verb's newest by its own index: the newest of all of them are among these.
NEWEST = """
SELECT event.* FROM unnest(%s::text[]) AS wanted (verb) CROSS JOIN LATERAL (
    SELECT * FROM audit_auditevent WHERE verb = wanted.verb ORDER BY id DESC LIMIT %s
) event ORDER BY event.id DESC LIMIT %s
"""


@reads_the_book
def overview(request: HttpRequest) -> HttpResponse:
    """Show how much the book holds, until when it is sealed and signed, and what was done today."""
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    whole = teams.sees_all(request)
    weighty = AuditEvent.objects.raw(NEWEST, [list(WEIGHTY), LATEST, LATEST]) if whole else []
    context = {
        "now": now,
        **_counts(),
        "seal": Seal.objects.order_by("-number").first(),
        "checkpoint": Checkpoint.objects.order_by("-seal").first(),
        "weighty": shown(list(weighty)),
        "checked": checking.state(),
        "whole": whole,
        "kept": filters.seen_by(request.user) if whole else [],
        "disputes": figures.figures(days=DISPUTED, now=now) if whole else None,
        "disputed_days": DISPUTED,
        **_today(midnight),
    }
    return render(request, "compliance/overview.html", context)


def _counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        sealed, unsealed = cursor.fetchone()
    return {"sealed": int(sealed), "unsealed": unsealed, "events": int(sealed) + unsealed}


def _today(midnight: Any) -> dict[str, Any]:
    """Return what was done since midnight, by verb and by whom, the most frequent first."""
    rows = AuditEvent.objects.filter(at__gte=midnight).order_by()
    done = list(rows.values("verb", "actor").annotate(times=Count("pk")))
    by_verb: dict[str, int] = {}
    by_actor: dict[str, int] = {}
    for one in done:
        by_verb[one["verb"]] = by_verb.get(one["verb"], 0) + one["times"]
        by_actor[one["actor"]] = by_actor.get(one["actor"], 0) + one["times"]
    verbs_done = sorted(by_verb.items(), key=lambda pair: (-pair[1], pair[0]))
    actors = sorted(by_actor.items(), key=lambda pair: (-pair[1], pair[0]))
    return {
        "done_today": [(verb, verbs.in_words(verb), times) for verb, times in verbs_done[:ACTORS]],
        "actors_today": actors[:ACTORS],
        "more_actors": max(0, len(actors) - ACTORS),
        "total_today": sum(by_verb.values()),
    }
