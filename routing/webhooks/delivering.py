"""Delivery: every message that is due is sent, and how it went is written down."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit import trail
from routing import signing, transport
from routing.models import Delivery, DeliveryAttempt, DeliveryCount, Endpoint
from routing.transport import Answer, Unreachable
from routing.webhooks import bodies, endpoints, leasing
from routing.webhooks.owing import entry
from routing.wire import dump

SENDER = "system:webhooks"
GONE, TOO_MANY, UNAVAILABLE = 410, 429, 503
OUTCOMES = ("delivered", "failed", "parked")
NO_MORE = "not sent: this address answered 410, it wants no more; sending one again asks it anew"
TOO_LATE = "given up: its server has not answered for days"
AT_ONCE = 32  # messages that one worker sends at a time
LONGEST_RUN = 45.0  # seconds; the clock starts a run each minute
# Standard Webhooks' schedule: pauses after each failed attempt, three days and a few hours in all.
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)
JITTER = 0.2  # share by which a pause varies, so that a client that comes back is not met by all at once
LONGEST_PAUSE = timedelta(days=1)
# What waits for a server that is down is not tried each for itself: it is given up at this age.
KEPT = timedelta(days=4)
MOST_GIVEN_UP = 1_000  # at once

COUNTED = """
INSERT INTO routing_deliverycount AS c (outcome, count) VALUES (%s, %s)
ON CONFLICT (outcome) DO UPDATE SET count = c.count + EXCLUDED.count
"""


@dataclass(frozen=True)
class Tried:
    """How one attempt went."""

    result: Answer | Unreachable
    milliseconds: int

    @property
    def status(self) -> int | None:
        """The answer's status; None where there was none."""
        return self.result.status if isinstance(self.result, Answer) else None

    @property
    def said(self) -> str:
        """What is kept of it in words."""
        if isinstance(self.result, Answer):
            return f"{self.result.status} {self.result.text}".strip()
        return str(self.result)

    @property
    def arrived(self) -> bool:
        """Whether the client took the message."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_down(self) -> bool:
        """Whether it tells of the client's server rather than of this message."""
        return self.status is None or self.status >= 500 or self.status == TOO_MANY

    @property
    def asked(self) -> int | None:
        """The seconds that the client asks us to wait."""
        return self.result.retry_after if isinstance(self.result, Answer) else None


def deliver_due(limit: int = 2_000) -> int:
    """Send up to `limit` messages that are due and return how many arrived.

    Safe to run in several workers at once: each leases what it takes. Without a signing secret nothing is
    sent and ImproperlyConfigured is raised once a message is due.
    """
    arrived, left, until = 0, limit, time.monotonic() + LONGEST_RUN
    # Only the sending runs in threads: their database connections would be others than this one.
    with ThreadPoolExecutor(AT_ONCE) as pool:
        under_way: dict[Future[Tried], Delivery] = {}
        while True:
            free = min(AT_ONCE - len(under_way), left)
            taken = _take(free, Counter(one.origin for one in under_way.values()), until)
            left -= len(taken)
            wraps = _wraps(taken)
            under_way |= {pool.submit(_send, one, wraps.get(one.origin, "")): one for one in taken}
            if not under_way:
                return arrived
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                arrived += settle(under_way.pop(future), future.result(), now=timezone.now())


def _take(size: int, busy: Counter[str], until: float) -> list[Delivery]:
    """Return messages that are leased and to be sent; those to addresses that want no more are parked.

    Empty where nothing is due, or no time is left.
    """
    while size and time.monotonic() < until:
        now = timezone.now()
        batch = leasing.lease(size, now=now, busy=busy)
        gone = endpoints.are_gone({one.url for one in batch}) if batch else set()
        if gone:
            _park_gone(batch, gone, now=now)
        wanted = [one for one in batch if one.url not in gone]
        if wanted or not batch:
            return wanted
    return []


@transaction.atomic
def _park_gone(batch: list[Delivery], gone: set[str], *, now: datetime) -> None:
    """Park what is in hand for these addresses, and what else waits for them."""
    parked = sum(_park([one], mine(one), NO_MORE, now=now) for one in batch if one.url in gone)
    for origin in {one.origin for one in batch if one.url in gone}:
        parked += _give_up(Delivery.objects.filter(origin=origin, url__in=gone), NO_MORE, now=now)
    _count(Counter(parked=parked))


def _wraps(batch: list[Delivery]) -> dict[str, str]:
    """Return the envelope by origin, of those that have one of their own."""
    if not batch:
        return {}
    own = Endpoint.objects.filter(origin__in={one.origin for one in batch})
    return dict(own.values_list("origin", "envelope"))


def _send(delivery: Delivery, envelope: str) -> Tried:
    message_id = str(delivery.pk)
    if envelope == Endpoint.Envelope.CLOUDEVENTS:
        content_type = "application/cloudevents+json"
        body = dump(bodies.cloud_event(delivery.body, message_id=message_id))
    else:
        content_type, body = "application/json", dump(delivery.body)
    headers = signing.headers(settings.HITL_WEBHOOK_SECRET, message_id, body, now=timezone.now())
    begun = time.monotonic()
    try:
        result: Answer | Unreachable = transport.post(
            delivery.url,
            body,
            {"Content-Type": content_type, **headers},
            allow_private=settings.HITL_WEBHOOK_ALLOW_PRIVATE,
        )
    except Unreachable as problem:
        result = problem
    return Tried(result, round((time.monotonic() - begun) * 1000))


def mine(delivery: Delivery) -> QuerySet[Delivery]:
    """Return the message's row, as long as it is in this worker's hand."""
    return Delivery.objects.filter(
        pk=delivery.pk, attempts=delivery.attempts, next_attempt_at=delivery.next_attempt_at
    )


@transaction.atomic
def settle(delivery: Delivery, tried: Tried, *, now: datetime) -> bool:
    """Write down how an attempt went and return whether the message arrived."""
    pause = pause_after(delivery.attempts, tried.asked)
    if tried.arrived:
        held, outcome = mine(delivery).update(delivered_at=now, next_attempt_at=None), "delivered"
    elif pause is None or tried.status == GONE or delivery.owed_at < now - KEPT:
        held, outcome = _park([delivery], mine(delivery), tried.said, now=now), "parked"
    else:
        held, outcome = mine(delivery).update(next_attempt_at=now + pause), "failed"
    if held:
        Delivery.objects.filter(pk=delivery.pk).update(last_answer=tried.said)
        DeliveryAttempt.objects.create(
            delivery=delivery,
            at=now,
            milliseconds=tried.milliseconds,
            status=tried.status,
            said=tried.said,
        )
    parked = _judge_endpoint(delivery, tried, now=now)
    _count(Counter(parked=parked) + Counter({outcome: held if outcome == "parked" else 1}))
    return outcome == "delivered" and bool(held)


def _judge_endpoint(delivery: Delivery, tried: Tried, *, now: datetime) -> int:
    """Note what an attempt tells of the client's server; return how many others were given up for it."""
    if tried.status == GONE:
        endpoints.gone(delivery.url, now=now)
        endpoints.answered(delivery.origin)
        others = Delivery.objects.filter(origin=delivery.origin, url=delivery.url)
        return _give_up(others, NO_MORE, now=now)
    if not tried.is_down:
        endpoints.answered(delivery.origin)
        return 0
    whole = tried.asked if tried.status in (TOO_MANY, UNAVAILABLE) else None
    asked = timedelta(seconds=min(whole, 10**6)) if whole else None
    if endpoints.failed(delivery.origin, now=now, asked=asked):
        old = Delivery.objects.filter(origin=delivery.origin, owed_at__lt=now - KEPT)
        return _give_up(old, TOO_LATE, now=now)
    return 0


def _give_up(rows: QuerySet[Delivery], why: str, *, now: datetime) -> int:
    """Park those of these messages that wait and that nobody has in hand; return how many they are."""
    waiting = rows.filter(next_attempt_at__lte=now).order_by("pk").select_related("item")
    found = list(waiting.select_for_update(of=("self",), skip_locked=True)[:MOST_GIVEN_UP])
    return _park(found, Delivery.objects.filter(pk__in=[one.pk for one in found]), why, now=now)


def _park(found: list[Delivery], rows: QuerySet[Delivery], said: str, *, now: datetime) -> int:
    count = rows.update(last_answer=said, parked_at=now, next_attempt_at=None)
    if count:
        trail.record_all([entry("delivery.parked", one, answer=said) for one in found], by=SENDER)
    return count


def _count(found: Counter[str]) -> None:
    """Add to the counts: last in a transaction and in order, so that no two workers wait for one another."""
    with connection.cursor() as cursor:
        cursor.executemany(COUNTED, sorted((+found).items()))


def outcomes() -> dict[str, int]:
    """Return how many attempts were delivered, failed and parked since the server was set up: one statement.

    What /metrics tells as hitl_webhook_deliveries_total; `failed` attempts are tried again.
    """
    known = dict(DeliveryCount.objects.values_list("outcome", "count"))
    return {outcome: known.get(outcome, 0) for outcome in OUTCOMES}


def waits_too_long(now: datetime) -> Q:
    """Return which messages wait longer than our own pause after so many attempts, or were never sent.

    Their client asked for that, or the clock was wrong that their time was taken from.
    """
    own = (Q(attempts=n, next_attempt_at__gt=now + pause * (1 + JITTER)) for n, pause in enumerate(PAUSES, 1))
    return reduce(or_, own, Q(attempts=0) | Q(attempts__gt=len(PAUSES)))


def pause_after(attempts: int, retry_after: int | None = None) -> timedelta | None:
    """Return how long to wait after so many attempts, at least as long as the client asks; None: give up."""
    if attempts > len(PAUSES):
        return None
    pause = PAUSES[attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER)
    asked = min(timedelta(seconds=min(retry_after or 0, 10**6)), LONGEST_PAUSE)
    return max(pause, asked)
