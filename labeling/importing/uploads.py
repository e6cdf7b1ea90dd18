"""Files sent to the admin: kept, taken in by a worker piece by piece, gone on with when it was killed."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone
from django_q.tasks import async_task

from audit import trail
from audit.trail import Actor, actor_name
from labeling.importing import guessing, running
from labeling.importing.running import Source, Totals
from labeling.models import ImportRun
from routing import router
from routing.errors import HitlError, InvalidInput, NoModel
from routing.models import ItemType

TASK = "labeling.tasks.take_in"
TURN = 240.0  # seconds after which a task makes way and queues the rest
SILENCE = timedelta(minutes=5)
PATIENCE = timedelta(days=7)  # with a file that waits to be told what its columns are
CHUNK = 500  # items judged at once
NO_MODEL = NoModel()
TOLD = ("rows", "created", "duplicates", "labels", "refused")

log = logging.getLogger(__name__)


class Enough(Exception):
    """This task has worked long enough, or the import was cancelled: nothing is lost."""


def accept(
    item_type: ItemType,
    upload: UploadedFile,
    *,
    names: Mapping[str, str],
    pool: bool,
    by: Actor,
) -> ImportRun:
    """Keep a file and queue its import; raises InvalidInput where it is none that can be read."""
    run = keep(item_type, upload, by=by)
    begin(run, names=names, pool=pool, by=by)
    return run


def keep(item_type: ItemType, upload: UploadedFile, *, by: Actor) -> ImportRun:
    """Keep a file until it is told what its columns are; raises InvalidInput where it can't be read or kept.

    How its letters are written and what stands between its cells is guessed.
    """
    form = guessing.form(upload.read(guessing.PIECE), upload.name)
    run = ImportRun(
        item_type=item_type,
        name=Path(upload.name).name[:200],
        format=form,
        by=actor_name(by),
        size=upload.size,
        status=ImportRun.Status.WAITING,
    )
    try:
        _write(run, upload)
        with transaction.atomic():
            run.save(force_insert=True)
            trail.record("import.kept", run, by=by, item_type=item_type.slug, name=run.name, size=run.size)
    except BaseException:
        _path(run).unlink(missing_ok=True)  # nobody would ever come back to it
        raise
    return run


def _write(run: ImportRun, upload: UploadedFile) -> None:
    try:
        settings.HITL_IMPORT_PATH.mkdir(parents=True, exist_ok=True)
        with _path(run).open("wb") as file:
            for piece in upload.chunks():
                file.write(piece)
    except OSError as error:
        log.exception("a file that was sent can't be kept")
        raise InvalidInput.single(f"The server can't keep it ({error.strerror}).", attr="file") from error
    _guess(run)


@transaction.atomic
def begin(run: ImportRun, *, names: Mapping[str, str], pool: bool, ask: bool = False, by: Actor) -> bool:
    """Queue the import of a file that waits, with what its fields are called here; False where it began.

    With `ask` items that come without a prediction don't wait for a model where there is none: people are
    asked.
    """
    now = timezone.now()
    said = {"names": dict(names), "pool": pool, "ask": ask, "started_at": now, "heartbeat_at": now}
    waiting = ImportRun.objects.filter(pk=run.pk, status=ImportRun.Status.WAITING)
    if not waiting.update(status=ImportRun.Status.RUNNING, **said):
        return False
    run.refresh_from_db()
    data = {"name": run.name, "size": run.size, "pool": pool}
    trail.record("import.started", run, by=by, item_type=run.item_type.slug, **data)
    async_task(TASK, str(run.pk))
    return True


def reread(run: ImportRun, *, encoding: str, delimiter: str) -> None:
    """Have a file that waits read in another way than was guessed."""
    waiting = ImportRun.objects.filter(pk=run.pk, status=ImportRun.Status.WAITING)
    if waiting.update(encoding=encoding, delimiter=delimiter):
        run.encoding, run.delimiter = encoding, delimiter


def guess(run: ImportRun) -> None:
    """Have a file that waits read as it was guessed at first; raises OSError where it is gone."""
    _guess(run)
    reread(run, encoding=run.encoding, delimiter=run.delimiter)


def _guess(run: ImportRun) -> None:
    run.encoding = guessing.encoding(_path(run))
    if run.format == "csv":
        run.delimiter = guessing.delimiter(_path(run), run.encoding)


def source(run: ImportRun, names: Mapping[str, str] | None = None) -> Source:
    """Return the file and how it is read; with other names than those that are stored, if given."""
    named = run.names if names is None else names
    return Source(_path(run), run.format, named, run.pool, run.encoding, run.delimiter)


def work_on(run: ImportRun) -> None:
    """Go on with an import for a while; what is left is queued. Nothing happens while another works on it."""
    with _alone(run) as mine:
        if not mine or run.status != ImportRun.Status.RUNNING:
            return
        try:
            totals = _turn(run)
        except Enough:
            async_task(TASK, str(run.pk))
        except (HitlError, OSError) as error:
            _end(run, ImportRun.Status.FAILED, error=str(error)[:2000])
        except BaseException as error:
            # Where the database itself is gone this can't be stored, and the import is gone on with later.
            _end(run, ImportRun.Status.FAILED, error=f"{type(error).__name__}: {error}"[:2000])
            raise
        else:
            _end(run, ImportRun.Status.DONE, read=run.size, **{name: getattr(totals, name) for name in TOLD})


def _turn(run: ImportRun) -> Totals:
    until = time.monotonic() + TURN

    def heard(read: int, totals: Totals) -> None:
        if run.ask:
            _ask(run.item_type)
        _say(run, read, totals)
        if time.monotonic() > until:
            raise Enough

    return running.run(source(run), run.item_type, heard=heard, by=run.by)


def _ask(item_type: ItemType) -> None:
    """Have what waits judged by the model in force; where there is none send it to people."""
    while router.judge_pending(item_type):
        pass
    while left := list(router.waiting(item_type).values_list("pk", flat=True)[:CHUNK]):
        if not router.judge_pending(item_type, limit=CHUNK, told=dict.fromkeys(left, NO_MODEL)):
            return  # others are at it


def go_on() -> int:
    """Queue the imports that nobody works on any more, and return how many."""
    now = timezone.now()
    silent = ImportRun.objects.filter(status=ImportRun.Status.RUNNING, heartbeat_at__lt=now - SILENCE)
    left = [run for run in silent if _left(run)]
    for run in left:
        ImportRun.objects.filter(pk=run.pk).update(heartbeat_at=now)
        async_task(TASK, str(run.pk))
    return len(left)


def forsake() -> int:
    """Drop the files that nobody has told the columns of for a week, and return how many."""
    old = ImportRun.objects.filter(status=ImportRun.Status.WAITING, started_at__lt=timezone.now() - PATIENCE)
    return sum(cancel(run, by="system:import") for run in old)


def cancel(run: ImportRun, *, by: Actor) -> bool:
    """End an import where it stands and say whether it had not ended before; what was taken in stays."""
    return _end(run, ImportRun.Status.CANCELLED, by=by)


def refused_file(run: ImportRun) -> Path:
    """Return where the rows that were refused are written, one JSON object a line."""
    return running.refused_path(_path(run))


def forget(item_type: ItemType, refs: Collection[str]) -> None:
    """Take the rows of these references out of the files of refused rows, of imports that have ended."""
    named = frozenset(refs)
    for run in ImportRun.objects.filter(item_type=item_type, refused__gt=0, finished_at__isnull=False):
        path = refused_file(run)
        if path.exists():
            fresh, found = path.with_name(f"{path.name}.new"), False
            with path.open("rb") as lines, fresh.open("wb") as left:
                for line in lines:
                    names = not named.isdisjoint(_texts(json.loads(line)["row"]))
                    found = found or names
                    if not names:
                        left.write(line)
            if found:
                fresh.replace(path)
            else:
                fresh.unlink()


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a row, of any form and however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _path(run: ImportRun) -> Path:
    return settings.HITL_IMPORT_PATH / f"{run.pk}.{run.format}"


def _say(run: ImportRun, read: int, totals: Totals) -> None:
    """Show how far it is; raises Enough where it was cancelled meanwhile."""
    told = {name: getattr(totals, name) for name in TOLD}
    mine = ImportRun.objects.filter(pk=run.pk, status=ImportRun.Status.RUNNING)
    if not mine.update(read=read, heartbeat_at=timezone.now(), **told):
        raise Enough


@transaction.atomic
def _end(run: ImportRun, status: str, *, by: Actor | None = None, **facts: Any) -> bool:
    mine = ImportRun.objects.filter(pk=run.pk, finished_at__isnull=True)
    if not mine.update(status=status, finished_at=timezone.now(), **facts):
        return False
    run.refresh_from_db()
    told = {name: getattr(run, name) for name in ("status", *TOLD, "error")}
    trail.record("import.ended", run, by=by or run.by, **told)
    transaction.on_commit(lambda: _path(run).unlink(missing_ok=True))
    return True


def _left(run: ImportRun) -> bool:
    with _alone(run) as mine:
        return mine


@contextmanager
def _alone(run: ImportRun) -> Iterator[bool]:
    """Hold the import's advisory lock, which PostgreSQL frees with its process; yield whether it is held."""
    key = [ImportRun._meta.label, str(run.pk)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), hashtext(%s))", key)
        held = cursor.fetchone()[0]
        try:
            yield held
        finally:
            if held:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), hashtext(%s))", key)
