"""Sittings: the stretch of work that a person's reviews belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Window
from django.utils import timezone

from labeling.models import Review, ReviewSession

IDLE = timedelta(minutes=30)  # after which what comes next is another sitting
TOUCH_EVERY = timedelta(minutes=1)
PACE_OVER = 50  # the pace is that of the latest answers: a slow morning must not hang over the afternoon


@dataclass(frozen=True)
class Progress:
    """How far a sitting has come: answers, and the median seconds of the latest of them (None: not known)."""

    answered: int
    pace: float | None


def current(user: AbstractBaseUser) -> ReviewSession:
    """Return the person's open sitting; one that lay idle for 30 minutes is ended and a new one begun."""
    sitting = _open(user)
    if sitting and sitting.last_active_at <= timezone.now() - IDLE:
        _end_idle(sitting)
        sitting = _open(user)
    return sitting or _begin(user)


def _open(user: AbstractBaseUser) -> ReviewSession | None:
    return ReviewSession.objects.filter(user=user, ended_at__isnull=True).first()


def _end_idle(sitting: ReviewSession) -> None:
    # Guarded by what was read: another tab may have worked in it meanwhile. It ended when it was last used.
    ReviewSession.objects.filter(
        pk=sitting.pk, ended_at__isnull=True, last_active_at=sitting.last_active_at
    ).update(ended_at=F("last_active_at"))


def _begin(user: AbstractBaseUser) -> ReviewSession:
    try:
        with transaction.atomic():
            return ReviewSession.objects.create(user=user)
    except IntegrityError:
        # Two tabs began at once; the constraint kept one, and both work in it.
        return ReviewSession.objects.get(user=user, ended_at__isnull=True)


def touch(sitting: ReviewSession) -> None:
    """Note that the sitting is in use: at most one statement, and none when it was noted a moment ago."""
    now = timezone.now()
    if sitting.last_active_at <= now - TOUCH_EVERY:
        ReviewSession.objects.filter(pk=sitting.pk, ended_at__isnull=True).update(last_active_at=now)


def end(user: AbstractBaseUser) -> None:
    """End the person's open sitting, if there is one."""
    ReviewSession.objects.filter(user=user, ended_at__isnull=True).update(ended_at=timezone.now())


def progress(user: AbstractBaseUser) -> Progress:
    """Return how far the person's open sitting has come, in one statement; zero where there is none."""
    latest = (
        Review.objects.filter(
            session__user=user,
            session__ended_at__isnull=True,
            session__last_active_at__gt=timezone.now() - IDLE,
        )
        .annotate(answered=Window(Count("*")))
        .order_by("-id")
        .values_list("answered", "time_spent_ms")[:PACE_OVER]
    )
    rows = list(latest)
    times = [spent for _, spent in rows if spent is not None]
    return Progress(rows[0][0] if rows else 0, median(times) / 1000 if times else None)
