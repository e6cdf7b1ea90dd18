"""Figures that are exact: counted once from each event of the trail as it is sealed, and kept as sums.

The trail has an event for each item, answer and decision, and each seal says which events it covers. So the
counters follow the seals: every event is counted once, in the transaction that notes how far was counted.
That costs nothing where people and clients wait, and a scrape reads sums, however many items there are.
"""

from __future__ import annotations

import json
import time
from collections import Counter

from django.db import connection, transaction
from django.utils import timezone

from audit.models import Seal
from hitl_project import workers
from routing import counters
from routing.counters import Key

AT_ONCE = 50  # seals in one transaction
CHUNK = 2_000  # events in memory
SEALS = "hitl_counted_seals"
TASKS = "hitl_counted_tasks"
LOCK = 0x7A11
COUNTED = "hitl_items_counted"
SHARE = 0.05  # of the time, at most, is spent on counting what waits

DONE = """
SELECT e.verb, coalesce(b->>'item_type', ''), coalesce(b->>'status', b->>'after', ''),
    coalesce(b->>'action', ''), coalesce(b->>'before', ''), coalesce(b->>'purpose', ''), b->>'agrees_with_ai',
    coalesce((b->>'time_spent_ms')::float8 / 1000, extract(epoch FROM e.at - (b->>'claimed_at')::timestamptz))
FROM unnest(%s::bigint[], %s::bigint[]) AS part (low, high)
JOIN audit_auditevent e ON e.id BETWEEN part.low AND part.high
CROSS JOIN LATERAL (SELECT e.body::jsonb AS b) body
WHERE e.verb IN ('item.submitted', 'item.judged', 'item.resolved', 'item.overturned', 'review.submitted')
"""
# A task that was tried again still has the beginning of its first time: how long it took is not known.
ENDED = """
SELECT func, success, count(*),
    coalesce(sum(extract(epoch FROM stopped - started)) FILTER (WHERE attempt_count <= 1), 0)
FROM django_q_task
WHERE stopped > to_timestamp(%s) AND stopped <= to_timestamp(%s) GROUP BY 1, 2
"""
OPEN = """
SELECT t.slug, i.status, count(*) FROM routing_item i JOIN routing_itemtype t ON t.id = i.item_type_id
WHERE i.status IN ('pooled', 'pending_ai', 'pending_human', 'pending_expert') GROUP BY 1, 2
"""
ASKED = {"pending_human": "human_review", "pending_expert": "expert_escalation"}


def run() -> int:
    """Count what was sealed and which tasks ended since the last time; return how many seals were counted."""
    counted = 0
    while more := _seals():
        counted += more
    _tasks()
    _standing()
    beat = workers.seen_at()
    if beat:
        counters.put(workers.LAST_SEEN, {}, beat.timestamp())
    return counted


@transaction.atomic
def _seals() -> int:
    if not _alone():
        return 0
    before = int(counters.value(SEALS))
    seals = list(Seal.objects.filter(number__gt=before).order_by("number")[:AT_ONCE])
    if not seals:
        return 0
    parts = [part for seal in seals for part in json.loads(seal.members)]
    amounts: Counter[Key] = Counter()
    with connection.chunked_cursor() as cursor:
        cursor.execute(DONE, [[low for low, _ in parts], [high for _, high in parts]])
        while events := cursor.fetchmany(CHUNK):
            amounts += _amounts(events)
    counters.write(amounts)
    counters.put(SEALS, {}, seals[-1].number)
    return len(seals)


def _amounts(events: list[tuple]) -> Counter[Key]:
    """Return what these events count."""
    amounts: Counter[Key] = Counter()
    for verb, item_type, status, action, before, purpose, agrees, seconds in events:
        of = {"item_type": item_type}
        if verb == "item.submitted":
            amounts[counters.key("hitl_items_received", of)] += 1
        if verb == "review.submitted":
            amounts += _answered(of, action, purpose, agrees, seconds)
        elif verb == "item.overturned":
            amounts[counters.key("hitl_decisions_overturned", of)] += 1
        elif status in ("approved", "rejected"):
            done = of | {"status": status, "action": action or ASKED.get(before, "human_review")}
            amounts[counters.key("hitl_decisions", done)] += 1
    return amounts


def _answered(
    of: dict[str, str], action: str, purpose: str, agrees: str | None, seconds: float | None
) -> Counter[Key]:
    amounts = Counter({counters.key("hitl_reviews", of | {"purpose": purpose, "action": action}): 1.0})
    if purpose == "audit" and agrees is not None:
        amounts[counters.key("hitl_audit_answers", of)] += 1
        amounts[counters.key("hitl_audit_disagreements", of)] += agrees == "false"
    if seconds is not None and seconds >= 0:
        amounts += counters.observation(counters.REVIEWS, of, float(seconds))
    return amounts


@transaction.atomic
def _tasks() -> None:
    """Count the tasks that ended; the last seconds wait, since a result is written after its end."""
    if not _alone():
        return
    since, until = counters.value(TASKS), timezone.now().timestamp() - 10
    with connection.cursor() as cursor:
        cursor.execute(ENDED, [since, until])
        rows = cursor.fetchall()
    amounts: Counter[Key] = Counter()
    for function, success, count, seconds in rows:
        task = {"task": function}
        amounts[counters.key("hitl_tasks", task | {"outcome": "done" if success else "failed"})] += count
        amounts[counters.key("hitl_task_seconds", task)] += max(0.0, float(seconds))
    counters.write(amounts)
    counters.put(TASKS, {}, until)


def _standing() -> None:
    """Note how many items wait where, unless the last count took so long that the next has time."""
    now, took = time.time(), counters.value(f"{COUNTED}_seconds")
    if now - counters.value(COUNTED) < took / SHARE:
        return
    with connection.cursor() as cursor:
        cursor.execute(OPEN)
        found = {(slug, status): count for slug, status, count in cursor.fetchall()}
    told = [counters.labels_of(text) for name, text, _ in counters.read() if name == "hitl_items"]
    kept = {(one["item_type"], one["status"]) for one in told}
    for slug, status in kept | set(found):
        counters.put("hitl_items", {"item_type": slug, "status": status}, found.get((slug, status), 0))
    counters.put(COUNTED, {}, now)
    counters.put(f"{COUNTED}_seconds", {}, time.time() - now)


def _alone() -> bool:
    """Return whether nobody else counts at the moment, for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return cursor.fetchone()[0]
