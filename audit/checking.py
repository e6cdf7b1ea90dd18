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
LOST = "Its worker was killed, or could not be reached. Begin again."
MINE = "system:verification"


@dataclass(frozen=True, slots=True)
class State:
    """The verification under way, if any, and the last one that ended."""

    running: Verification | None
    last: Verification | None

    @property
    def intact(self) -> bool | None:
        """What the last one found; None where there is none, or it failed."""
        return self.last.verdict["intact"] if self.last and self.last.verdict else None


def state() -> State:
    """Return what runs now and what ended last; one whose worker is gone is ended first."""
    _bury(timezone.now())
    rows = Verification.objects.order_by("-id")
    return State(rows.filter(ended_at__isnull=True).first(), rows.filter(ended_at__isnull=False).first())


def begin(*, by: Actor, queue: bool = True) -> Verification:
    """Return a verification that a worker was just asked for, or the one that is under way already."""
    running = state().running
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


def _bury(now: datetime) -> int:
    """End the verification whose worker has shown no sign of life for too long; return how many."""
    silent = Q(alive_at__lt=now - LEASE) | Q(alive_at__isnull=True, created_at__lt=now - 6 * LEASE)
    return Verification.objects.filter(silent, ended_at__isnull=True).update(ended_at=now, error=LOST)
