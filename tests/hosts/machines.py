"""Machines for tests: network namespaces with an address of their own, on which servers can be started.

Where namespaces are not permitted, machines are ports of this one; they share the database alone then too.
"""

import os
import select
import shutil
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from tests.waiting import PATIENCE, until


@dataclass(frozen=True)
class Machine:
    """A host: its address, what a command line on it begins with, and how it reaches the database."""

    name: str
    address: str
    inside: tuple[str, ...]
    database_url: str

    @contextmanager
    def running(self, command: list[str], **environment: str) -> Iterator[subprocess.Popen]:
        """Run Python with these arguments here; at the end it is asked to stop, and must."""
        alone = {
            "DJANGO_SETTINGS_MODULE": "tests.live_settings",
            "HITL_TEST_DATABASE": connection.settings_dict["NAME"],
            "DATABASE_URL": self.database_url,
            "ALLOWED_HOSTS": "*",
            "HITL_WEB_WORKERS": "1",
            "HITL_WORKERS": "1",
            "MACHINE": self.name,
        }
        process = subprocess.Popen(
            [*self.inside, sys.executable, *command],
            cwd=settings.BASE_DIR,
            env=os.environ | alone | environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)

    @contextmanager
    def web(self, port: int, **environment: str) -> Iterator[tuple[str, subprocess.Popen]]:
        """Serve here, as the container does, and yield the address once it answers."""
        bind = ["--bind", f"{self.address}:{port}", "--log-level", "warning"]
        command = ["-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", *bind]
        with self.running(command, **environment) as process:
            until(lambda: answers(self.address, port))
            yield f"http://{self.address}:{port}", process

    def worker(self) -> AbstractContextManager[subprocess.Popen]:
        """Run a worker here."""
        return self.running(["manage.py", "qcluster"])


@contextmanager
def machines(count: int) -> Iterator[list[Machine]]:
    """Yield so many machines; nothing of them is left afterwards."""
    with ExitStack() as stack:
        yield [stack.enter_context(_machine(number)) for number in range(1, count + 1)]


def answers(host: str, port: int) -> bool:
    """Say whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def _address(number: int, end: int) -> str:
    # Of the range for tests (RFC 2544), apart for each process that runs tests at the same time.
    return f"198.18.{os.getpid() % 250}.{4 * number + end}"


@contextmanager
def _machine(number: int) -> Iterator[Machine]:
    name = f"hitl{os.getpid()}-{number}"
    ours, theirs = "127.0.0.1", "127.0.0.1"
    inside: tuple[str, ...] = ()
    with ExitStack() as stack:
        if stack.enter_context(_namespace(name, number)):
            ours, theirs = _address(number, 1), _address(number, 2)
            inside = ("ip", "netns", "exec", name)
        port = stack.enter_context(_to_database(ours))
        known = connection.settings_dict
        person = f"{known['USER']}:{quote(known['PASSWORD'] or 'none', safe='')}"
        yield Machine(name, theirs, inside, f"postgres://{person}@{ours}:{port}/{known['NAME']}")


@contextmanager
def _namespace(name: str, number: int) -> Iterator[bool]:
    """Make a namespace with a line to here; yield whether that is permitted."""
    near, far = f"h{os.getpid()}n{number}"[:15], f"h{os.getpid()}f{number}"[:15]
    made = [
        f"netns add {name}",
        f"link add {near} type veth peer name {far} netns {name}",
        f"addr add {_address(number, 1)}/30 dev {near}",
        f"link set {near} up",
        f"-n {name} addr add {_address(number, 2)}/30 dev {far}",
        f"-n {name} link set {far} up",
        f"-n {name} link set lo up",
        f"netns exec {name} true",
    ]
    ip = shutil.which("ip")
    permitted = bool(ip) and all(
        subprocess.run([ip, *line.split()], capture_output=True).returncode == 0 for line in made
    )
    try:
        yield permitted
    finally:
        if ip:  # the line goes with it
            subprocess.run([ip, "netns", "delete", name], capture_output=True)


@contextmanager
def _to_database(address: str) -> Iterator[int]:
    """Lead whoever comes to this address to the test's PostgreSQL, and yield the port."""
    known = connection.settings_dict

    class Line(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with _database(known) as server:
                _carry(self.request, server)

    class Lines(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 100

    with Lines((address, 0), Line) as lines:
        threading.Thread(target=lines.serve_forever, daemon=True).start()
        yield lines.server_address[1]
        lines.shutdown()


def _database(known: dict) -> socket.socket:
    host, port = known["HOST"] or "127.0.0.1", int(known["PORT"] or 5432)
    if host.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.connect(f"{host}/.s.PGSQL.{port}")
        return line
    return socket.create_connection((host, port))


def _carry(client: socket.socket, server: socket.socket) -> None:
    """Hand on what either says, until one of them is silent for good."""
    other = {client: server, server: client}
    while True:
        for ready in select.select([client, server], [], [])[0]:
            try:
                said = ready.recv(65536)
                other[ready].sendall(said)
            except OSError:
                return
            if not said:
                return
