"""Whether the server runs: its worker, work that is late, messages, keys and the trail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from audit import keys
from audit.uuid7 import earliest
from hitl_project import anchoring, workers
from hitl_project.attention.matter import Matter, count, listed
from routing import teams
from routing.models import Assignment, Delivery, Purpose

KEY_WARNING = timedelta(days=14)
MOST_KEYS = 5
RECENT = timedelta(days=14)  # parked messages older than this are history


def worker() -> Iterator[Matter]:
    """Nobody does the work, or somebody hangs."""
    if workers.seen_at() is None:
        text = f"No worker is running: nothing is sealed, delivered or trained. {workers.START}"
        if not workers.cache_table():
            text = f"No worker can be heard: {workers.BOOTSTRAP}."
        yield Matter(text, reverse("ready"), bad=True)
    elif since := workers.stuck_since():
        text = f"A task has waited for {timesince(since)}: the worker hangs or can't keep up. Start it anew."
        yield Matter(text, reverse("ready"), bad=True)


def late(caller: Any) -> Iterator[Matter]:
    """Seats past their due time, and expert decisions past their queue's limit, that the caller may see."""
    opened = teams.seen(Assignment.objects.open(), caller)
    # What tests one person waits until they come.
    if seats := opened.exclude(purpose=Purpose.GOLD).filter(due_at__lte=timezone.now()).count():
        text = count(seats, "seat is overdue", "seats are overdue")
        yield Matter(text, listed("assignment", "state=overdue"), bad=True)
    if left := opened.filter(overdue_at__isnull=False).count():
        text = count(
            left, "expert decision is past its time limit", "expert decisions are past their time limit"
        )
        yield Matter(text, listed("assignment", "state=timed_out"), bad=True)


def messages(caller: Any) -> Iterator[Matter]:
    """Messages that clients never took, and that the caller may see."""
    recent = Delivery.objects.filter(id__gte=earliest(timezone.now() - RECENT), parked_at__isnull=False)
    about_items = teams.seen(recent, caller, path="item__item_type")
    if parked := teams.about_types(about_items, caller).count():
        text = count(parked, "message to a client is parked", "messages to clients are parked")
        yield Matter(text, listed("delivery", "state=parked"), bad=True)


def trail(user: User) -> Iterator[Matter]:
    """Checkpoints that fail and keys that end soon, as far as this person may see them."""
    if user.has_perm("audit.view_auditevent"):
        for text in anchoring.troubles(timezone.now()):
            yield Matter(text, reverse("compliance"), bad=True)
    if user.has_perm("audit.view_apikey"):
        yield from _keys()


def _keys() -> Iterator[Matter]:
    """Keys that stop working soon by themselves: their clients need a new secret before."""
    for key in keys.ending(KEY_WARNING)[:MOST_KEYS]:
        until = f"{keys.ends_at(key):%Y-%m-%d}"
        text = f"API key {key} of {key.user} stops working on {until}: rotate or replace it"
        yield Matter(text, f"{reverse('admin:audit_apikey_changelist')}?q={key.prefix}")
