"""Is there a worker, does it take tasks, and what waits meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.cache import cache, caches
from django.db import Error, connection
from django.db.models import Count, Min
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.signing import BadSignature, SignedPackage
from django_q.status import Status

from routing import counters
from routing.models import Delivery

AT_WORK = {"Starting", "Idle", "Working"}
LEEWAY = timedelta(minutes=2)
LAST_SEEN = "hitl_worker_last_heartbeat_timestamp_seconds"
BOOTSTRAP = "the cache table is missing: run manage.py bootstrap"
START = "Start manage.py qcluster."
KEPT = 5.0  # seconds that a process goes by its last look
PATIENCE = timedelta(seconds=30)  # a worker that is being replaced is no trouble
THERE = "SELECT to_regclass(%s) IS NOT NULL"


@dataclass(frozen=True)
class Trouble:
    """What every page says while no worker does its part: since when, where that is known, and what waits."""

    text: str
    since: datetime | None
    tasks: int
    messages: int


def cache_table() -> bool:
    """Return whether the table exists that workers leave their signs of life in; `bootstrap` makes it."""
    table = getattr(caches["default"], "_table", None)
    if table is None:
        return True
    with connection.cursor() as cursor:
        cursor.execute(THERE, [table])
        return cursor.fetchone()[0]


def seen_at() -> datetime | None:
    """Return when a worker last gave a sign of life; None where none did for three seconds.

    django-q2's own way to ask, Stat.get_all, writes to the cache each time and might undo what a worker that
    begins at this moment writes there.
    """
    if not cache_table():
        return None
    signs = cache.get_many(cache.get(Conf.Q_STAT) or ())
    stats = [stat for sign in signs.values() for stat in _read(sign)]
    return max((stat.timestamp for stat in stats if str(stat.status) in AT_WORK), default=None)


def _read(sign: str) -> list[Status]:
    try:
        return [SignedPackage.loads(sign)]
    except BadSignature:  # another server's, which shares the cache
        return []


def last_seen_at() -> datetime | None:
    """Return when a worker was last seen, to the minute where none is there; None where none ever was."""
    if beat := seen_at():
        return beat
    noted = counters.value(LAST_SEEN)
    return datetime.fromtimestamp(noted, UTC) if noted else None


def stuck_since() -> datetime | None:
    """Return since when a task has waited that nobody takes, where that is longer than any task may last."""
    limit = timezone.now() - timedelta(seconds=settings.Q_CLUSTER["timeout"]) - LEEWAY
    return OrmQ.objects.filter(lock__lt=limit).aggregate(first=Min("lock"))["first"]


def waiting() -> tuple[int, datetime | None]:
    """Return how many tasks wait to be taken, and since when the first of them does."""
    found = OrmQ.objects.filter(lock__lte=timezone.now()).aggregate(count=Count("id"), first=Min("lock"))
    return found["count"], found["first"]


def trouble() -> Trouble | None:
    """Return what is wrong with the workers now; None where all is well."""
    if not cache_table():
        return Trouble(f"No worker can be heard: {BOOTSTRAP}.", None, 0, 0)
    last = last_seen_at()
    stuck = stuck_since()
    if stuck is None and last is not None and timezone.now() - last < PATIENCE:
        return None
    owed = Delivery.objects.filter(next_attempt_at__lte=timezone.now()).count()
    tasks, _ = waiting()
    if stuck and last is not None and timezone.now() - last < PATIENCE:
        return Trouble("The worker takes no tasks. Start it anew.", stuck, tasks, owed)
    return Trouble(
        f"No worker is running: nothing is sealed, delivered or trained. {START}", last, tasks, owed
    )


_looked: tuple[float, Trouble | None] = (float("-inf"), None)


def forget(seen: Trouble | None = None) -> None:
    """Take this for what was seen just now."""
    global _looked
    _looked = time.monotonic(), seen


def told() -> Trouble | None:
    """Return what is wrong, as this process saw it within the last seconds: cheap, for every page."""
    global _looked
    if time.monotonic() - _looked[0] > KEPT:
        try:
            _looked = time.monotonic(), trouble()
        except Error:
            return None  # a page that still can be shown is not lost to its banner
    return _looked[1]
