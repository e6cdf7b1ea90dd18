"""Run the web server and the worker side by side, and stop both, and the database, in one clean act."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Two processes whose numeric libraries each take every core spend their time waiting for one another.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
PATIENCE = 30.0  # seconds for a clean end, and for a first answer


class ServerProblem(RuntimeError):
    """The site can't be served; the message says what to do."""


@dataclass(frozen=True)
class Child:
    """One process that we started, and the file that it writes to."""

    name: str
    process: subprocess.Popen
    log: Path


def check_port(port: int) -> None:
    """Raise ServerProblem where somebody else listens on the port."""
    with socket.socket() as probe:
        # Like gunicorn: a port that has only just been left is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ServerProblem(
                f"Port {port} can't be used ({error.strerror}). Choose another: make demo PORT={port + 1}, "
                f"or manage.py with --port {port + 1}."
            ) from error


def commands(port: int) -> dict[str, list[str]]:
    """Return the command lines of the two processes of a server."""
    python = sys.executable
    gunicorn = ["-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "--bind", f"{HOST}:{port}"]
    return {
        "web": [python, *gunicorn, "--graceful-timeout", "10"],
        "worker": [python, "manage.py", "qcluster"],
    }


def serve(port: int, *, base_dir: Path, log_dir: Path, ready: Callable[[], None]) -> str | None:
    """Serve until a signal comes; return None then, or what went wrong where a process ended by itself.

    `ready` is called once the site answers. Both processes are stopped before this returns, and a kill -9 of
    this process takes them along (on Linux). Raises ServerProblem where the port is taken.
    """
    check_port(port)
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in SIGNALS}
    children: list[Child] = []
    try:
        for name, command in commands(port).items():
            children.append(_start(name, command, base_dir, log_dir))
        problem = _until_answering(port, children, stop)
        if problem is None and not stop.is_set():
            ready()
        while problem is None and not stop.wait(0.5):
            problem = _ended(children)
        return problem
    finally:
        _stop(children)
        for number, handler in before.items():
            signal.signal(number, handler)


def _start(name: str, command: list[str], base_dir: Path, log_dir: Path) -> Child:
    log_dir.mkdir(parents=True, exist_ok=True)
    log = log_dir / f"{name}.log"
    bound = [sys.executable, str(Path(__file__).with_name("bound.py")), str(os.getpid())]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*bound, *command],
            cwd=base_dir,
            env=os.environ | ONE_THREAD,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A group of its own: Ctrl-C in the terminal reaches us alone, and we end them in order.
            process_group=0,
        )
    return Child(name, process, log)


def _until_answering(port: int, children: list[Child], stop: threading.Event) -> str | None:
    """Wait for the first answer of the site; return what is wrong where none comes."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if problem := _ended(children):
            return problem
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"http://{HOST}:{port}/health", timeout=5).close()
            return None
        if stop.wait(0.2):
            return None
    return f"The site did not answer within {PATIENCE:.0f} s. {_tail(children[0])}"


def _ended(children: list[Child]) -> str | None:
    for child in children:
        status = child.process.poll()
        if status is not None:
            return f"The {child.name} process ended by itself (status {status}). {_tail(child)}"
    return None


def _tail(child: Child) -> str:
    lines = child.log.read_text(errors="replace").splitlines()[-15:]
    return "\n".join([f"The end of {child.log}:", *lines])


def _stop(children: list[Child]) -> None:
    """End the processes: asked first, all at once; then whatever they started and left behind is killed."""
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + PATIENCE
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.1, deadline - time.monotonic()))
    for child in children:
        # The group outlives its leader: a worker that was killed leaves the processes that it had started.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
