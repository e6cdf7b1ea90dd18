"""The site of one machine: bring the database up to date, serve until told to stop, leave nothing behind."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import CommandError, OutputWrapper
from django.db import OperationalError, connection

from hitl_project import database, processes

PORT = 8000
PATIENCE = 3.0  # seconds for the connections of processes that have ended to be gone


def prepare(*, static: bool) -> None:
    """Migrate, make roles and schedules, and collect the static files where they are to be served.

    Raises CommandError where the database can't be reached.
    """
    try:
        connection.ensure_connection()
    except OperationalError as problem:
        said = f"The database can't be reached: {str(problem).strip()}\nLook at DATABASE_URL."
        raise CommandError(said) from problem
    call_command("migrate", skip_checks=False, verbosity=0)
    call_command("bootstrap", stdout=StringIO())
    if static:
        _collect_static()


def check(port: int, out: OutputWrapper) -> None:
    """Raise CommandError where the port is taken; the database, started for this command, is stopped then."""
    try:
        processes.check_port(port)
    except processes.ServerProblem as problem:
        stop_database(out)
        raise CommandError(str(problem)) from problem


def serve(port: int, out: OutputWrapper, ready: Callable[[], None]) -> None:
    """Serve until a signal comes, then stop both processes and the checkout's own database.

    Raises CommandError where the site can't be served or a process ended by itself; the database is stopped
    then as well.
    """
    connection.close()  # the processes have connections of their own; ours would idle for hours
    try:
        problem = processes.serve(port, base_dir=settings.BASE_DIR, log_dir=settings.VAR_DIR, ready=ready)
    except processes.ServerProblem as refused:
        stop_database(out)
        raise CommandError(str(refused)) from refused
    out.write("\nThe site and the worker have stopped.")
    stop_database(out)
    if problem:
        raise CommandError(problem)


@contextmanager
def interruptible(out: OutputWrapper, again: str) -> Iterator[None]:
    """End quietly on Ctrl-C, with exit status 130 and the database stopped; `again` says how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        out.write(f"\nInterrupted. {again}")
        stop_database(out)
        sys.exit(128 + signal.SIGINT)


def stop_database(out: OutputWrapper) -> None:
    """Stop the checkout's own database, if it is in use here and nobody else is connected to it."""
    connection.close()
    if os.environ.get("DATABASE_URL", "").strip() or not _alone():
        return
    connection.close()
    database.stop(settings.BASE_DIR)
    out.write("The database has stopped. Nothing is lost: the next start goes on from here.")


def _collect_static() -> None:
    """Collect the static files unless nothing changed since: to compress them takes half a minute."""
    sources = [
        (path, state.st_size, state.st_mtime_ns)
        for finder in get_finders()
        for path, storage in finder.list([])
        for state in [os.stat(storage.path(path))]
    ]
    told = f"{settings.STATIC_ROOT} {settings.STORAGES['staticfiles']} {sorted(sources)}"
    fingerprint = hashlib.sha256(told.encode()).hexdigest()
    stamp = settings.VAR_DIR / "static.sha256"
    if stamp.exists() and stamp.read_text() == fingerprint and settings.STATIC_ROOT.is_dir():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint)


def _alone() -> bool:
    """Return whether nobody but this process is connected to the database server, or stays so for long."""
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT NOT EXISTS (SELECT 1 FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())"
            )
            alone = cursor.fetchone()[0]
            if alone or time.monotonic() > deadline:
                return alone
            time.sleep(0.1)
