"""Real processes on the scratch database, as they are run in earnest: gunicorn and the worker."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.ports import free_port
from bench.world import ROOT

PATIENCE = 120.0  # seconds, on a machine that does other things


@contextmanager
def web() -> Iterator[str]:
    """Run gunicorn with two processes, and yield its address."""
    port = free_port()
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
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("gunicorn does not answer")
