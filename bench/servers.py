"""Real processes on the scratch database, as they are run in earnest: gunicorn and the worker."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.world import ROOT


@contextmanager
def web() -> Iterator[str]:
    """Run gunicorn with two processes, and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["gunicorn", "-c", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}"]
    with _running(["-m", *command, "--log-level", "warning"]):
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def worker() -> Iterator[None]:
    """Run one qcluster, which works off tasks and keeps the schedules."""
    with _running(["manage.py", "qcluster"]):
        yield


@contextmanager
def _running(command: list[str]) -> Iterator[None]:
    from django.db import connection

    named = {"HITL_TEST_DATABASE": connection.settings_dict["NAME"]}
    # Counted as in earnest, and never one too many.
    free = {f"HITL_THROTTLE_{whose}": "10000000" for whose in ("KEY", "PERSON", "ADDRESS")}
    alone = {"DJANGO_SETTINGS_MODULE": "tests.live_settings", "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, *command], env={**free, **os.environ, **alone, **named}, cwd=ROOT, stdout=sys.stderr
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("gunicorn does not answer")
