"""What a kill -9 leaves of a PostgreSQL server, and how to tell the dead from the living."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from hitl_project.postgres_programs import DatabaseProblem

PORT = "5432"  # of the socket's name alone: the server opens no network port
PATIENCE = 60  # seconds for a start with crash recovery, and for a clean stop


def clear(data: Path) -> None:
    """Clear what a kill -9 left: backends without a main process, and a number that is now someone else's.

    Those backends hold the shared memory, beside which a start is refused. SIGQUIT ends them at once; what
    they were doing is recovered from the write-ahead log, as after any crash.
    """
    if not Path("/proc/self").exists():
        return  # PostgreSQL's own checks decide

    def left() -> list[int]:
        return [int(name) for name in os.listdir("/proc") if name.isdigit() and _works_in(int(name), data)]

    for pid in left():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
    if not until(lambda: not left()):
        raise DatabaseProblem(f"Old PostgreSQL processes still use {data}: {left()}. End them and try again.")
    # PostgreSQL takes a killed main process that nobody has reaped, or a reused number, for a running server.
    for name in ("postmaster.pid", f".s.PGSQL.{PORT}.lock"):
        (data / name).unlink(missing_ok=True)


def lives(pid: int, data: Path) -> bool:
    """Say whether the main process is there; without /proc, whether any process has its number."""
    if Path("/proc/self").exists():
        return _works_in(pid, data)
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _works_in(pid: int, data: Path) -> bool:
    """Say whether process `pid` is a PostgreSQL process of `data`; they all work in that folder."""
    try:
        named = Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
        return named and os.path.samefile(f"/proc/{pid}/cwd", data)
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return False


def until(done: Callable[[], object]) -> bool:
    """Wait until `done`, at most PATIENCE seconds, and say whether it came."""
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
