"""Clients' servers: one that doesn't answer rests, so that its messages take nothing from the others'.

A circuit breaker for each origin (Nygard, Release It!): closed until so many attempts have failed one after
another; then open, for a pause that doubles; then one message at a time, until one arrives.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from audit import trail
from audit.trail import Actor
from routing.models import Delivery, Endpoint, GoneAddress
from routing.webhooks import bodies

FAILURES = 5  # one after another, before an endpoint rests
FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=30)

# Attempts that were under way when the rest began are no further failures.
FAILED = """
INSERT INTO routing_endpoint AS e (origin, envelope, failures, failing_since, rests_until)
VALUES (%(origin)s, 'standard', 1, %(now)s, %(asked)s)
ON CONFLICT (origin) DO UPDATE SET
    failures = CASE WHEN e.rests_until > %(now)s THEN e.failures ELSE e.failures + 1 END,
    failing_since = COALESCE(e.failing_since, %(now)s),
    rests_until = CASE
        WHEN e.rests_until > %(now)s THEN GREATEST(e.rests_until, %(asked)s)
        WHEN e.failures + 1 >= %(limit)s THEN GREATEST(
            %(asked)s, %(now)s + LEAST(%(longest)s, %(first)s * 2 ^ LEAST(e.failures + 1 - %(limit)s, 10)))
        ELSE %(asked)s END
RETURNING failures >= %(limit)s
"""


def failed(origin: str, *, now: datetime, asked: timedelta | None = None) -> bool:
    """Note that a server did not answer, or asked for a pause; return whether it is counted as down."""
    values = {"origin": origin, "now": now, "limit": FAILURES, "first": FIRST_REST, "longest": LONGEST_REST}
    with connection.cursor() as cursor:
        cursor.execute(FAILED, values | {"asked": now + min(asked, LONGEST_REST) if asked else None})
        return cursor.fetchone()[0]


def answered(origin: str) -> None:
    """Note that a server lives."""
    failing = Endpoint.objects.filter(origin=origin).exclude(failures=0, rests_until=None)
    failing.update(failures=0, failing_since=None, rests_until=None)


def gone(url: str, *, now: datetime) -> None:
    """Note that an address wants no more messages, in the caller's transaction."""
    GoneAddress.objects.get_or_create(pk=bodies.digest(url), defaults={"since": now})


def are_gone(urls: set[str]) -> set[str]:
    """Return those of these addresses that want no more messages."""
    by_digest = {bodies.digest(url): url for url in urls}
    found = GoneAddress.objects.filter(pk__in=by_digest).values_list("pk", flat=True)
    return {by_digest[one] for one in found}


@transaction.atomic
def call_again(endpoint: Endpoint, *, by: Actor) -> int:
    """End an endpoint's rest, so that what waits for it is sent with the next run; return how many wait."""
    Endpoint.objects.filter(pk=endpoint.pk).update(failures=0, failing_since=None, rests_until=None)
    waiting = Delivery.objects.filter(origin=endpoint.origin, next_attempt_at__isnull=False).count()
    trail.record("endpoint.called_again", endpoint, by=by, origin=endpoint.origin, waiting=waiting)
    return waiting
