"""Time and CPU of operations in this process and in the PostgreSQL backend that serves it."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

Row = tuple[float, float, float]  # seconds by the clock, of CPU here, of CPU in the backend


def timed(operation: Callable[[], object], repeats: int, *, per: int = 1) -> dict:
    """Return the figures of one operation, see `figures`, and its statements, savepoints left out."""
    return in_turn({"one": operation}, repeats, per=per)["one"]


def in_turn(operations: dict[str, Callable[[], object]], repeats: int, *, per: int = 1) -> dict[str, dict]:
    """Run the operations one after the other so many times, and return the `figures` of each.

    The first run of each is not counted: it opens a sitting, or notes when a key was used last.
    """
    sampled(operations, 1)
    statements = {name: counted(operation) for name, operation in operations.items()}
    rows = sampled(operations, repeats)
    return {name: figures(rows[name], per=per) | {"statements": statements[name]} for name in operations}


def sampled(operations: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[Row]]:
    """Run the operations one after the other so many times, and return what each run of each took."""
    rows: dict[str, list[Row]] = {name: [] for name in operations}
    spent = backend_clock()
    for _ in range(repeats):
        for name, operation in operations.items():
            cpu, clock, backend = time.process_time(), time.perf_counter(), spent()
            operation()
            rows[name].append(
                (time.perf_counter() - clock, time.process_time() - cpu, spent() - backend),
            )
    return rows


def figures(rows: list[Row], *, per: int = 1) -> dict:
    """Return milliseconds divided by `per`.

    Median and 95th percentile by the clock, median CPU of this process, mean CPU of the backend (nan where
    that runs on another machine).
    """
    wall, web, database = np.array(rows).T / per
    return {
        "p50_ms": milliseconds(np.median(wall)),
        "p95_ms": milliseconds(np.quantile(wall, 0.95)),
        "web_ms": milliseconds(np.median(web)),
        "database_ms": milliseconds(np.mean(database)),
    }


def milliseconds(seconds: float) -> float:
    """Return seconds as milliseconds with three decimals."""
    return round(1000 * float(seconds), 3)


def counted(operation: Callable[[], object]) -> int:
    """Run the operation once and return how many statements it made."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        operation()
    brackets = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not (query["sql"] or "").startswith(brackets) for query in captured)


def backend_seconds() -> float:
    """Return the CPU seconds that our PostgreSQL backend has used; nan where it runs on another machine."""
    return backend_clock()()


def backend_clock() -> Callable[[], float]:
    """Return a function that tells those seconds without asking the backend each time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fine = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")  # nanoseconds; `stat` counts hundredths
    return (lambda: int(fine.read_text().split()[0]) / 1e9) if fine.exists() else (lambda: float("nan"))
