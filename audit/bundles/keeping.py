"""Bundles from the wish to the file: asked for, written by a worker, fetched, removed after their days."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from os import SEEK_END
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from audit import trail
from audit.bundles import parts, reading, writing
from audit.chain import Broken
from audit.models import Bundle
from audit.trail import Actor, actor_name

TASK = "audit.tasks.write_bundle"
TIMEOUT = 2100  # seconds: some tens of millions of events
SMALL = 500  # events of a subject that are written at once
SILENCE = timedelta(minutes=2)
PATIENCE = timedelta(minutes=30)  # how long transactions may keep a period from being complete
TRIES = 3
LEFT = timedelta(days=7)  # how long a file that nobody names is looked for, behind the days of bundles
KILLED = "Its worker was killed again and again. Ask for a shorter period."
State = Bundle.State


class Refused(ValueError):
    """This can't be asked for; the message says why."""

    def __init__(self, message: str, attr: str) -> None:
        super().__init__(message)
        self.attr = attr


def ask(
    *,
    subject: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    why: str,
    opened: bool = False,
    by: Actor,
) -> Bundle:
    """Record the wish for a bundle and have it written: a small subject at once, all else by a worker.

    Whoever calls this has checked that `by` may see what was told in confidence where that is to be opened.
    Raises Refused for a period that makes no sense, and where nothing was recorded.
    """
    now = timezone.now()
    until = until or (now if subject else now - reading.SLACK)
    if until > now:
        raise Refused("What is still to come can't be exported.", "until")
    if since and since >= until:
        raise Refused("The period must end after it begins.", "until")
    total = _count(subject, since, until)
    if total == 0:
        raise Refused("Nothing is recorded of that.", "subject" if subject else "since")
    with transaction.atomic():
        bundle = Bundle.objects.create(
            subject=subject, since=since, until=until, why=why, opened=opened, asked_by=actor_name(by)
        )
        told = {"about": subject, "since": since, "until": until, "opened": opened}
        trail.record("bundle.asked", bundle, by=by, why=why, **told)
        if total is None:
            _queue(bundle)
    if total is not None:
        work_on(bundle)
        bundle.refresh_from_db()
    return bundle


def work_on(bundle: Bundle) -> None:
    """Write a bundle that waits, or whose worker was killed; nothing while another works on it."""
    with _alone(bundle) as mine:
        bundle.refresh_from_db()
        if not mine or bundle.state not in (State.WAITING, State.RUNNING):
            return
        if bundle.tries >= TRIES:
            _end(bundle, State.FAILED, error=KILLED)
            return
        _unfinished(bundle).update(
            state=State.RUNNING, alive_at=timezone.now(), tries=bundle.tries + 1, done=0
        )
        try:
            _write(bundle)
        except reading.NotSettled as error:
            _wait(bundle, str(error))
        except (Broken, OSError) as error:
            _end(bundle, State.FAILED, error=str(error)[:500])
        except BaseException as error:
            # Where the database itself is gone this can't be stored, and a later run begins anew.
            _end(bundle, State.FAILED, error=f"{type(error).__name__}: {error}"[:500])
            raise


def go_on() -> int:
    """Queue the bundles that nobody works on any more, and return how many."""
    now = timezone.now()
    silent = Bundle.objects.filter(state__in=[State.WAITING, State.RUNNING], alive_at__lt=now - SILENCE)
    left = [bundle for bundle in silent if _left(bundle)]
    for bundle in left:
        _queue(bundle)
    return len(left)


def fetch(bundle: Bundle, *, by: Actor) -> BinaryIO | None:
    """Record that a bundle is taken and return its file, open; None where there is none (any more)."""
    if bundle.state != State.DONE or not _storage().exists(bundle.file):
        return None
    trail.record("bundle.fetched", bundle, by=by, sha256=bundle.sha256, opened=bundle.opened)
    return _storage().open(bundle.file)


def sweep() -> int:
    """Remove the files of bundles older than HITL_BUNDLE_DAYS, and return how many.

    A file goes as well whose bundle ended without one: a process was killed before it could remove it.
    """
    before = timezone.now() - timedelta(days=settings.HITL_BUNDLE_DAYS)
    left = Bundle.objects.filter(state__in=[State.FAILED, State.GONE], ended_at__gte=before - LEFT)
    there = [name for name in map(_name, left) if _storage().exists(name)]
    for name in there:
        _storage().delete(name)
    old = Bundle.objects.filter(state=State.DONE, ended_at__lt=before)
    return len(there) + sum(_remove(one, "older than HITL_BUNDLE_DAYS", by=writing.MINE) for one in old)


def remove_opened(why: str, subjects: Collection[tuple[str, str]], *, by: Actor) -> int:
    """Remove the files of bundles that may open what was told of these subjects, and return how many.

    Erasing a person calls this: a key that was destroyed must not live on in a file of ours. One that is
    being written, and may have read the key, fails. Bundles of other subjects of these types have nothing
    of them. All again behind the caller's transaction: before its
    end the key could still be read.
    """
    opened = Bundle.objects.filter(opened=True)
    for kind in {kind for kind, _ in subjects}:
        theirs = [f"{found}:{identity}" for found, identity in subjects if found == kind]
        opened = opened.exclude(Q(subject__startswith=f"{kind}:") & ~Q(subject__in=theirs))
    removed = _remove_opened(opened, why, by)
    transaction.on_commit(lambda: _remove_opened(opened, why, by))
    return removed


def _remove_opened(opened: QuerySet[Bundle], why: str, by: Actor) -> int:
    for bundle in opened.filter(state=State.RUNNING):
        _end(bundle, State.FAILED, error=f"It {why}. Ask for it again.")
    return sum(_remove(bundle, why, by=by) for bundle in opened.filter(state=State.DONE))


def _count(subject: str, since: datetime | None, until: datetime) -> int | None:
    """Return how many events a small subject has; None for what a worker must write."""
    if not subject:
        return None
    found = reading.of_subject(subject, since, until)[: SMALL + 1].count()
    return found if found <= SMALL else None


def _queue(bundle: Bundle) -> None:
    _unfinished(bundle).update(alive_at=timezone.now())
    async_task(TASK, bundle.pk, timeout=TIMEOUT)


def _write(bundle: Bundle) -> None:
    wanted = writing.Wanted(**{name: getattr(bundle, name) for name in writing.Wanted.__slots__})

    def heard(done: int, total: int) -> None:
        _unfinished(bundle).update(done=done, total=total, alive_at=timezone.now())

    with TemporaryFile() as file:  # without a name: nothing is left where the worker is killed
        counts = writing.write(wanted, file, heard=heard)
        name, size, digest = _name(bundle), file.seek(0, SEEK_END), parts.digest(file)
        _storage().delete(name)  # of a run that was killed before it could say so
        name = _storage().save(name, File(file))
    facts = {"file": name, "size": size, "sha256": digest, "done": counts.events, "total": counts.events}
    told = {"sha256": digest, "size": size, "events": counts.events, "seals": counts.seals}
    if not _end(bundle, State.DONE, told, **facts):
        _storage().delete(name)


def _wait(bundle: Bundle, why: str) -> None:
    if bundle.created_at < timezone.now() - PATIENCE:
        _end(bundle, State.FAILED, error=why)
    else:
        _unfinished(bundle).update(state=State.WAITING, alive_at=timezone.now() - SILENCE, tries=0)


@transaction.atomic
def _end(bundle: Bundle, state: str, told: dict[str, Any] | None = None, **facts: Any) -> bool:
    if not _unfinished(bundle).update(state=state, ended_at=timezone.now(), **facts):
        return False
    told = told or {"error": facts["error"]}
    trail.record("bundle.ready" if state == State.DONE else "bundle.failed", bundle, by=writing.MINE, **told)
    return True


@transaction.atomic
def _remove(bundle: Bundle, why: str, *, by: Actor) -> int:
    gone = Bundle.objects.filter(pk=bundle.pk, state=State.DONE).update(state=State.GONE, file="")
    if gone:
        trail.record("bundle.removed", bundle, by=by, why=why, sha256=bundle.sha256)
        transaction.on_commit(lambda: _storage().delete(bundle.file))
    return gone


def _name(bundle: Bundle) -> str:
    return f"bundle-{bundle.pk}.zip"


def _unfinished(bundle: Bundle) -> Any:
    return Bundle.objects.filter(pk=bundle.pk, state__in=[State.WAITING, State.RUNNING])


def _storage() -> Storage:
    return storages["bundles"]


def _left(bundle: Bundle) -> bool:
    with _alone(bundle) as mine:
        return mine


@contextmanager
def _alone(bundle: Bundle) -> Iterator[bool]:
    """Hold the bundle's advisory lock, which PostgreSQL frees with its process; yield whether it is held."""
    key = [Bundle._meta.label, str(bundle.pk)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), hashtext(%s))", key)
        held = cursor.fetchone()[0]
        try:
            yield held
        finally:
            if held:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), hashtext(%s))", key)
