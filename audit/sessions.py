"""Sessions that know whose they are, from where and since when; listed, limited and ended by that.

Django's own documented way to extend a database-backed engine: SESSION_ENGINE names this module.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends import db
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit import trail
from audit.models import Session
from audit.trail import Actor

SEEN_EVERY = timedelta(minutes=1)
LONGEST_AGENT = 200  # characters


class SessionStore(db.SessionStore):
    """Django's database sessions with whose, where and since when in columns of their own."""

    row: Session | None = None
    place: tuple[str | None, str] | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        self.row = super()._get_session_from_db()
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to store; who has just signed in begins a session of their own."""
        made, now = super().create_model_instance(data), timezone.now()
        made.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        before = self.row if self.row and self.row.user_id == made.user_id else None
        made.began_at = before.began_at if before else now
        made.seen_at = now
        made.address, made.agent = self.place or ((before.address, before.agent) if before else (None, ""))
        return made

    def came_from(self, address: str | None, agent: str) -> None:
        """Note where the browser is and what it calls itself, to be stored with the session."""
        self.place = address, agent[:LONGEST_AGENT].replace("\x00", "")


def ended_because(row: Session, *, now: datetime) -> str | None:
    """Return why a session is over at a time: 'idle' or 'age'; None where it is not."""
    if now - row.began_at >= timedelta(hours=settings.HITL_SESSION_HOURS):
        return "age"
    idle = settings.HITL_SESSION_IDLE_MINUTES
    # seen_at is kept to the minute, so that nobody is sent away before their time.
    return "idle" if idle and now - row.seen_at >= timedelta(minutes=idle) + SEEN_EVERY else None


def seen(row: Session, address: str | None, agent: str, *, now: datetime) -> None:
    """Note that a session is in use; costs a statement once a minute."""
    if now - row.seen_at < SEEN_EVERY:
        return
    agent = agent[:LONGEST_AGENT].replace("\x00", "")
    Session.objects.filter(pk=row.pk).update(seen_at=now, address=address, agent=agent)


def of(user: User) -> QuerySet[Session]:
    """Return a person's sessions that are not over, the last used first."""
    now = timezone.now()
    alive = Q(expire_date__gt=now, began_at__gt=now - timedelta(hours=settings.HITL_SESSION_HOURS))
    if idle := settings.HITL_SESSION_IDLE_MINUTES:
        alive &= Q(seen_at__gt=now - timedelta(minutes=idle) - SEEN_EVERY)
    return Session.objects.filter(alive, user=user).order_by("-seen_at", "pk")


def public_name(row: Session) -> str:
    """Return a name of a session by which it can be ended but not used."""
    return sha256(row.pk.encode()).hexdigest()[:16]


def end(user: User, *, why: str, by: Actor, but: str | None = None, only: str | None = None) -> int:
    """End all of a person's sessions, or the one of public name `only`, except the one of key `but`.

    Recorded, where there was any; returns how many.
    """
    rows = [row for row in Session.objects.filter(user=user) if row.pk != but]
    if only is not None:
        rows = [row for row in rows if public_name(row) == only]
    if rows:
        Session.objects.filter(pk__in=[row.pk for row in rows]).delete()
        trail.record("user.sessions_ended", user, by=by, count=len(rows), why=why)
    return len(rows)
