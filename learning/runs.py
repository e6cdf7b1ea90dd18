"""The book-keeping of runs: one at a time per item type, cancelled when asked, a killed one found out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import shorten
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone
from django_q.exceptions import TimeoutException

from audit import trail
from audit.trail import Actor, actor_name
from learning.models import Run
from routing.errors import HitlError
from routing.models import ItemType

KILLED = "the worker was killed"
CANCELLED = "cancelled by "
OUT_OF_TIME = "it took longer than a task may"
LONGEST = Run._meta.get_field("progress").max_length
R = TypeVar("R", bound=Run)


class RunLost(Exception):
    """The run was marked as failed by another process while it was at work; nothing of it was stored."""


class RunCancelled(Exception):
    """Somebody asked for the run to end; nothing of it was stored."""


class RunEnded(HitlError):
    """This run has ended already: there is nothing to cancel."""

    code = "run_ended"
    status = 409


@contextmanager
def recorded(kind: type[R], item_type: ItemType, *, trigger: str, **fields: str) -> Iterator[R | None]:
    """Open a run of `kind` and yield its row, or None where one is already at work.

    What raises inside ends the run as failed, with the reason, and goes on. A cancelled one ends as cancelled
    and nothing is raised: the caller goes on after its block. A run whose process died is marked as failed
    first: each live one holds an advisory lock of its database session, which PostgreSQL
    frees the moment the process is gone, so no time has to pass and no slow run is taken for a dead one.
    """
    if not _lock(kind, item_type):
        yield None
        return
    try:
        bury(kind, item_type)
        run = kind.objects.create(item_type=item_type, trigger=trigger[:100], **fields)
        try:
            yield run
        except RunCancelled:
            _cancelled(run)
        except TimeoutException:
            _close(run, kind.Status.FAILED, error=OUT_OF_TIME)
            raise
        except BaseException as error:
            _close(run, kind.Status.FAILED, error=f"{type(error).__name__}: {error}")
            raise
    finally:
        _unlock(kind, item_type)


def bury(kind: type[Run], item_type: ItemType) -> int:
    """Mark as failed what claims to run but has no process; the caller holds the lock. Return how many.

    What somebody had cancelled ends as cancelled: it is not to be started anew at once.
    """
    now = timezone.now()
    dead = kind.objects.filter(item_type=item_type, status=kind.Status.RUNNING)
    cancelled = dead.exclude(cancel_asked_by="").update(
        status=kind.Status.CANCELLED, finished_at=now, progress=Concat(Value(CANCELLED), "cancel_asked_by")
    )
    return cancelled + dead.update(status=kind.Status.FAILED, finished_at=now, error=KILLED)


def bury_dead(kind: type[Run]) -> int:
    """Mark as failed every run of `kind` whose process is gone, whatever its item type; return how many."""
    running = ItemType.objects.filter(
        pk__in=kind.objects.filter(status=kind.Status.RUNNING).values("item_type")
    )
    buried = 0
    for item_type in running:
        if _lock(kind, item_type):
            try:
                buried += bury(kind, item_type)
            finally:
                _unlock(kind, item_type)
    return buried


@transaction.atomic
def cancel(run: R, *, by: Actor) -> R:
    """Ask a run to end, and return it: it does so when it next says what it does, with nothing stored.

    Asking twice changes nothing. Raises RunEnded where it has ended already.
    """
    kind = type(run)
    asked = kind.objects.filter(pk=run.pk, status=Run.Status.RUNNING, cancel_asked_by="")
    if asked.update(cancel_asked_by=actor_name(by)):
        trail.record(
            f"{kind._meta.model_name}.cancel_asked",
            run,
            by=by,
            item_type=run.item_type.slug,
            progress=run.progress,
        )
    run.refresh_from_db()
    if run.status != Run.Status.RUNNING:
        raise RunEnded
    return run


def say(run: Run, progress: str, share: float) -> None:
    """Show what the run is doing now, and which share of its work is done.

    Raises RunCancelled where somebody asked for its end, and RunLost where another process has ended it.
    """
    _update(run, progress=_fitting(progress), done_share=share, heartbeat_at=timezone.now())


def finish(run: Run, progress: str, **facts: object) -> None:
    """End the run as done, inside the caller's transaction; raises RunCancelled and RunLost as `say` does."""
    now = timezone.now()
    _update(
        run,
        status=Run.Status.DONE,
        finished_at=now,
        heartbeat_at=now,
        done_share=1.0,
        progress=_fitting(progress),
        **facts,
    )


def _update(run: Run, **changes: object) -> None:
    mine = type(run).objects.filter(pk=run.pk, status=Run.Status.RUNNING)
    if not mine.filter(cancel_asked_by="").update(**changes):
        if mine.exists():
            raise RunCancelled
        raise RunLost(f"{run} was ended by another process.")
    for name, value in changes.items():
        setattr(run, name, value)


def _cancelled(run: Run) -> None:
    run.refresh_from_db(fields=["cancel_asked_by"])
    run.status, run.progress = Run.Status.CANCELLED, f"{CANCELLED}{run.cancel_asked_by}"
    _close(run, run.status, progress=run.progress)


def _close(run: Run, status: str, **said: str) -> None:
    # A caller's broken transaction can't take this note; the free lock will tell the next run.
    if connection.in_atomic_block and connection.needs_rollback:
        return
    with transaction.atomic():
        type(run).objects.filter(pk=run.pk, status=Run.Status.RUNNING).update(
            status=status, finished_at=timezone.now(), **said
        )


def _lock(kind: type[Run], item_type: ItemType) -> bool:
    return _ask("SELECT pg_try_advisory_lock(hashtext(%s), %s::int)", kind, item_type)


def _unlock(kind: type[Run], item_type: ItemType) -> bool:
    return _ask("SELECT pg_advisory_unlock(hashtext(%s), %s::int)", kind, item_type)


def _ask(sql: str, kind: type[Run], item_type: ItemType) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [kind._meta.label, item_type.pk])
        return cursor.fetchone()[0]


def _fitting(progress: str) -> str:
    """Return what the column holds of it, ended at a word."""
    return progress if len(progress) <= LONGEST else shorten(progress, LONGEST, placeholder=" …")
