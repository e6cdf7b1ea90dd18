"""Sittings: the stretch of work that a person's reviews belong to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, Subquery, Window
from django.utils import timezone

from labeling.models import Review, ReviewSession

IDLE = timedelta(minutes=30)  # after which what comes next is another sitting
REST = timedelta(minutes=5)  # without an answer: somebody has rested
TOUCH_EVERY = timedelta(minutes=1)
LATEST = 5  # sittings that a person is shown
PACE_OVER = 50  # the pace is that of the latest answers: a slow morning must not hang over the afternoon


@dataclass(frozen=True)
class Progress:
    """How far a sitting has come: answers, and the median seconds of the latest of them (None: not known).

    `tired_after` is for how long somebody has worked without a rest, where that is so long that one would do
    them good; else None.
    """

    answered: int
    pace: float | None
    tired_after: timedelta | None = None

    @property
    def tired_minutes(self) -> int:
        """The same in whole minutes; 0 where there is no need for a rest."""
        return int(self.tired_after.total_seconds() // 60) if self.tired_after else 0


@dataclass(frozen=True)
class Past:
    """One sitting of a person that has ended, and how much they answered in it."""

    started_at: datetime
    length: timedelta
    answered: int

    @property
    def minutes(self) -> int:
        """How long it was, in whole minutes."""
        return round(self.length.total_seconds() / 60)


def current(user: AbstractBaseUser) -> ReviewSession:
    """Return the person's open sitting; one that lay idle for 30 minutes is ended and a new one begun."""
    sitting = _open(user)
    if sitting and sitting.last_active_at <= timezone.now() - IDLE:
        _end_idle(sitting)
        sitting = _open(user)
    return sitting or _begin(user)


def _open(user: AbstractBaseUser) -> ReviewSession | None:
    return ReviewSession.objects.filter(user=user, ended_at__isnull=True).first()


def open_of(user: AbstractBaseUser) -> ReviewSession | None:
    """Return the person's open sitting; one that lay idle for 30 minutes is over."""
    return ReviewSession.objects.filter(
        user=user, ended_at__isnull=True, last_active_at__gt=timezone.now() - IDLE
    ).first()


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
        rested = {"working_since": now} if sitting.last_active_at <= now - REST else {}
        ReviewSession.objects.filter(pk=sitting.pk, ended_at__isnull=True).update(
            last_active_at=now, **rested
        )


def end(user: AbstractBaseUser) -> None:
    """End the person's open sitting, if there is one."""
    ReviewSession.objects.filter(user=user, ended_at__isnull=True).update(ended_at=timezone.now())


def progress(user: AbstractBaseUser) -> Progress:
    """Return how far the person's open sitting has come, in one statement; zero where there is none."""
    now = timezone.now()
    # One sitting's answers by their own index: a join would read everybody's.
    sitting = ReviewSession.objects.filter(user=user, ended_at__isnull=True, last_active_at__gt=now - IDLE)
    latest = (
        Review.objects.filter(session=Subquery(sitting.values("pk")[:1]))
        .annotate(answered=Window(Count("*")))
        .order_by("-id")
        .values_list("answered", "time_spent_ms", "session__working_since", "session__last_active_at")
    )
    rows = list(latest[:PACE_OVER])
    if not rows:
        return Progress(0, None)
    times = [spent for _, spent, _, _ in rows if spent is not None]
    answered, _, since, active = rows[0]
    return Progress(answered, median(times) / 1000 if times else None, _tired(since, active, now))


def _tired(since: datetime, active: datetime, now: datetime) -> timedelta | None:
    """Return how long somebody has worked since their last rest, if that is long and they don't rest now."""
    limit = timedelta(minutes=settings.HITL_REST_AFTER_MINUTES)
    worked = now - since
    return worked if limit and worked >= limit and active > now - REST else None


def latest(user: AbstractBaseUser) -> list[Past]:
    """Return the person's latest sittings that are over, newest first; two statements."""
    over = Q(ended_at__isnull=False) | Q(last_active_at__lte=timezone.now() - IDLE)
    ended = list(ReviewSession.objects.filter(over, user=user)[:LATEST])
    answered = Counter(Review.objects.filter(session__in=ended).values_list("session", flat=True))
    return [
        Past(one.started_at, (one.ended_at or one.last_active_at) - one.started_at, answered[one.pk])
        for one in ended
    ]
