"""What was read last is shown at once; where reading takes long, the worker reads it anew meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone
from django_q.tasks import async_task

from hitl_project.goals import sources
from hitl_project.goals.facts import Facts

QUICK = 0.2  # seconds that reading may take while somebody waits
SHOWN = 100  # times as long as reading took, what was read is shown before it is read anew
NEWEST = timedelta(minutes=5)  # at least, where the worker reads
KEY, ASKED, TRIED = "figures-facts", "figures-asked", "figures-tried"
KEPT = 14 * 86_400  # seconds
AGAIN = 300  # seconds until it is tried again, where nothing was read before and reading took too long


@dataclass(frozen=True)
class Shown:
    """The facts to show; `late` where they are read anew just now. None where nothing could be read."""

    facts: Facts | None
    late: bool


def facts(now: datetime | None = None) -> Shown:
    """Return what was read last, or read it now where that is quick or nothing was ever read."""
    now = now or timezone.now()
    known: Facts | None = cache.get(KEY)
    if known is None:
        return _first(now)
    if known.seconds > QUICK:
        late = now - known.now > max(NEWEST, SHOWN * timedelta(seconds=known.seconds))
        if late and cache.add(ASKED, True, AGAIN):
            async_task("hitl_project.tasks.read_figures")
        return Shown(known, late)
    if abs(now - known.now) <= SHOWN * timedelta(seconds=known.seconds):
        return Shown(known, late=False)
    return _first(now, known)


def known() -> Facts | None:
    """Return what was read last."""
    return cache.get(KEY)


def remember(read: Facts) -> Facts:
    """Keep what was read for whoever looks next, and return it."""
    cache.set(KEY, read, KEPT)
    return read


def _first(now: datetime, known: Facts | None = None) -> Shown:
    """Read all while somebody waits; where that takes too long, the next one must not wait for it again."""
    if cache.get(TRIED) is None:
        try:
            return Shown(remember(sources.read(now)), late=False)
        except OperationalError:
            cache.set(TRIED, True, AGAIN)
            async_task("hitl_project.tasks.read_figures")
    return Shown(known, late=True)
