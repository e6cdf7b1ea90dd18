"""Verification as work of its own: begun by a person or the clock, watched, and told when broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django_q.tasks import async_task

from audit import trail
from audit.chain import Verdict
from audit.models import AuditEvent, Verification
from audit.trail import Actor

TASK = "audit.tasks.verify"
LEASE = timedelta(minutes=11)  # without a sign of life for longer than a task may run, its worker is gone
QUEUED = 6 * LEASE  # how long one may wait for a worker
LOST = "Its worker was killed, or could not be reached. Begin again."
MINE = "system:verification"


@dataclass(frozen=True, slots=True)
class State:
    """The verification under way, the last one that ended, and the last that ended with a verdict, if any."""

    running: Verification | None
    last: Verification | None
    found: Verification | None

    @property
    def intact(self) -> bool | None:
        """What the last verdict says, whatever failed since; None where there is none."""
        return self.found.verdict["intact"] if self.found else None

    @property
    def failed(self) -> Verification | None:
        """The last one that ended, where it ended without a verdict."""
        return self.last if self.last != self.found else None


def state() -> State:
    """Return what runs now and what ended last, and write nothing.

    One whose worker is gone is told as ended, as its row will say once another one begins.
    """
    now, rows = timezone.now(), Verification.objects.order_by("-id")
    running = rows.filter(ended_at__isnull=True).first()
    if running and _lost_at(running) < now:
        running.ended_at, running.error = _lost_at(running), LOST
        running, last = None, running
    else:
        last = rows.filter(ended_at__isnull=False).first()
    found = last if last is None or last.verdict else rows.filter(verdict__isnull=False).first()
    return State(running, last, found)


def begin(*, by: Actor, queue: bool = True) -> Verification:
    """Return a verification that a worker was just asked for, or the one that is under way already.

    One whose worker is gone is ended first.
    """
    _bury(timezone.now())
    running = Verification.objects.filter(ended_at__isnull=True).first()
    if running:
        return running
    total = AuditEvent.objects.aggregate(last=Max("id"))["last"] or 0
    try:
        with transaction.atomic():
            made = Verification.objects.create(asked_by=trail.actor_name(by), total=total)
            trail.record("trail.verification_asked", made, by=by)
            if queue:
                async_task(TASK, made.pk)
    except IntegrityError:  # somebody else asked at the same moment
        return Verification.objects.filter(ended_at__isnull=True).get()
    return made


def work_on(verification: Verification) -> Verdict | None:
    """Verify the book, note the verdict, and tell compliance where it is broken; None where it had ended."""
    mine = Verification.objects.filter(pk=verification.pk, ended_at__isnull=True)
    if not mine.update(alive_at=timezone.now(), done=0):
        return None
    verdict = trail.verify(progress=_noting(verification.pk))
    with transaction.atomic():
        if not mine.update(ended_at=timezone.now(), done=verdict.events, verdict=asdict(verdict)):
            return None
        trail.record("trail.verified", verification, by=MINE, **asdict(verdict))
    if not verdict.intact:
        tell(verdict)
    return verdict


def tell(verdict: Verdict) -> int:
    """Write to all who may read the trail that it is broken; return to how many, 0 without a mail server."""
    if not settings.EMAIL_HOST:
        return 0
    reads = {"content_type__app_label": "audit", "codename": "view_auditevent"}
    may = Q(is_superuser=True)
    for way in ("user_permissions", "groups__permissions"):
        may |= Q(**{f"{way}__{name}": value for name, value in reads.items()})
    people = User.objects.filter(may, is_active=True).exclude(email="").order_by("email")
    addresses = list(people.values_list("email", flat=True).distinct())
    if addresses:
        text = (
            f"The verification of the audit trail found: {verdict.first_broken}.\n\n"
            "Keep the database, its backups and the anchored checkpoints as they are, and find out who could "
            "write to the database. docs/trail.md says how to go on.\n"
        )
        EmailMessage("The audit trail is broken", text, bcc=addresses).send()
    return len(addresses)


def _noting(pk: int) -> Callable[[int], Any]:
    """Return what notes how many events are done."""
    row = Verification.objects.filter(pk=pk)
    return lambda done: row.update(done=done, alive_at=timezone.now())


def _lost_at(running: Verification) -> datetime:
    """Return when its worker counts as gone, without a further sign of life."""
    return running.alive_at + LEASE if running.alive_at else running.created_at + QUEUED


def _bury(now: datetime) -> int:
    """End the verification whose worker is gone; return how many."""
    running = Verification.objects.filter(ended_at__isnull=True).first()
    if running is None or _lost_at(running) >= now:
        return 0
    # not where it ended, or showed life, since it was read
    as_read = Verification.objects.filter(pk=running.pk, ended_at__isnull=True, alive_at=running.alive_at)
    return as_read.update(ended_at=_lost_at(running), error=LOST)
