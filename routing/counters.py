"""Counters that all processes share: counted in memory, brought together in the database every few seconds.

A process that answers requests counts here what leaves no row behind, and whoever reads `read` sees the whole
server, whichever process answers, also after restarts. What a process that is killed had not yet brought is
lost: up to `EVERY` seconds of its counts. What must be exact is counted from rows, with `write`.
"""

from __future__ import annotations

import bisect
import functools
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

from django.db import Error, connection, transaction

from routing.models import Metric

EVERY = 5.0  # seconds between two visits to the database
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds that a machine takes
# seconds that people take
PATIENT = (2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
REVIEWS = "hitl_review_duration_seconds"

Key = tuple[str, str]
P = ParamSpec("P")
R = TypeVar("R")

ADD = """
INSERT INTO routing_metric AS kept (name, labels, value)
SELECT * FROM unnest(%s::text[], %s::text[], %s::float8[])
ON CONFLICT (name, labels) DO UPDATE SET value = kept.value + excluded.value
"""
PUT = """
INSERT INTO routing_metric (name, labels, value) VALUES (%s, %s, %s)
ON CONFLICT (name, labels) DO UPDATE SET value = excluded.value
"""

_waiting: Counter[Key] = Counter()
_guard = threading.Lock()
_brought_at = time.monotonic()


def key(metric: str, labels: Mapping[str, str]) -> Key:
    """Return a counter's name and its labels as one text; labels are few and of the server's own making."""
    return metric, "\n".join(f"{name}={labels[name]}" for name in sorted(labels))


def labels_of(text: str) -> dict[str, str]:
    """Return the labels that `key` made a text of."""
    return dict(line.split("=", 1) for line in text.split("\n") if line)


def add(metric: str, labels: Mapping[str, str], amount: float = 1.0) -> None:
    """Count in memory; safe in threads."""
    with _guard:
        _waiting[key(metric, labels)] += amount


def observe(metric: str, labels: Mapping[str, str], seconds: float) -> None:
    """Count how long something took, for a histogram."""
    found = observation(metric, labels, seconds)
    with _guard:
        _waiting.update(found)


def observation(metric: str, labels: Mapping[str, str], seconds: float) -> Counter[Key]:
    """Return what one duration counts: its own bucket, without those above, the sum and the number."""
    limits = bounds(metric)
    place = bisect.bisect_left(limits, seconds)
    bound = f"{limits[place]:g}" if place < len(limits) else "+Inf"
    bucket = key(f"{metric}_bucket", {**labels, "le": bound})
    return Counter({bucket: 1, key(f"{metric}_sum", labels): seconds, key(f"{metric}_count", labels): 1})


def timed(metric: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function's durations be observed, also where it raises."""

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def timing(*args: P.args, **kwargs: P.kwargs) -> R:
            began = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                observe(metric, {}, time.perf_counter() - began)

        return timing

    return wrap


def bounds(metric: str) -> tuple[float, ...]:
    """Return the upper bounds of a histogram's buckets, in seconds."""
    return PATIENT if metric == REVIEWS else BUCKETS


def bring() -> None:
    """Bring what was counted to the database if the last visit is long enough ago.

    A thread of each web process calls it every second, so that nothing waits for a next request.
    """
    if time.monotonic() - _brought_at > EVERY:
        flush()


def flush() -> None:
    """Bring what was counted to the database; where that can't be reached it is kept for the next time."""
    global _brought_at
    if not _waiting:
        return
    with _guard:
        amounts, _brought_at = Counter(_waiting), time.monotonic()
        _waiting.clear()
    try:
        with transaction.atomic():
            write(amounts)
    except Error:
        with _guard:
            _waiting.update(amounts)


def write(amounts: Mapping[Key, float]) -> None:
    """Add to the counters in the caller's transaction, in one statement."""
    if not amounts:
        return
    rows = sorted(amounts.items())  # in one order, so that two who write at once don't wait for each other
    metrics, labels = zip(*(name for name, _ in rows), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(ADD, [list(metrics), list(labels), [float(amount) for _, amount in rows]])


def put(metric: str, labels: Mapping[str, str], value: float) -> None:
    """Set one number to what it is now."""
    with connection.cursor() as cursor:
        cursor.execute(PUT, [*key(metric, labels), value])


def read() -> list[tuple[str, str, float]]:
    """Return every counter as brought to the database: name, labels as text, value."""
    return list(Metric.objects.order_by("name", "labels").values_list("name", "labels", "value"))


def value(metric: str, labels: Mapping[str, str] | None = None) -> float:
    """Return one counter; 0 where nothing was counted."""
    name, text = key(metric, labels or {})
    return Metric.objects.filter(name=name, labels=text).values_list("value", flat=True).first() or 0.0
