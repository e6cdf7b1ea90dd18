"""The loop of a web process outlives what goes wrong with one connection."""

import errno
import selectors
import socket
from collections import deque
from types import MethodType
from unittest.mock import Mock

import pytest
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from hitl_project.limits import worker as module
from hitl_project.limits.arriving import Arrival
from hitl_project.limits.leaving import Outlet
from hitl_project.limits.worker import PatientWorker


def full(self, data):
    """Take nothing: the disk is full."""
    raise OSError(28, "No space left on device")


LARGE = b"POST / HTTP/1.1\r\nContent-Length: 1200000\r\n\r\n" + b"x" * 1_100_000


@pytest.fixture
def worker():
    """A process's loop, without threads and listeners."""
    made = PatientWorker.__new__(PatientWorker)
    made.poller, made.nr_conns, made.looked_at, made.alive = selectors.DefaultSelector(), 0, 0.0, True
    made.arriving, made.leaving, made.ending = {}, {}, {}
    made.large_waiting, made.working = deque(), set()
    made.cfg = Config()
    made.cfg.set("keepalive", 15)
    with made.poller:
        yield made


def connected(worker, sent=b""):
    """Return a connection of which so much has come, and the client's end of it."""
    here, there = socket.socketpair()
    conn = TConn(worker.cfg, Outlet(here), "client", "server")
    conn.set_timeout()
    conn.arrival = Arrival(lambda content_type: 2_000_000, sent)
    worker.nr_conns += 1
    return conn, there


def arriving(worker, sent=b""):
    """Return a connection on which more is expected, and the client's end of it."""
    conn, there = connected(worker, sent)
    worker.arriving[conn] = conn.arrival
    worker.poller.register(conn.sock, selectors.EVENT_READ)
    return conn, there


def test_a_body_that_the_disk_has_no_room_for_is_answered_503_and_the_loop_goes_on(worker):
    conn, there = arriving(worker)
    conn.arrival.feed = MethodType(full, conn.arrival)
    with there:
        there.sendall(b"x")
        worker._on_readable(conn, conn.sock)
        assert (worker.arriving, worker.nr_conns) == ({}, 0)
        assert there.recv(1_000).startswith(b"HTTP/1.1 503 ")


@pytest.mark.parametrize(
    ("alive", "ago", "waited_for"), [(True, 14, True), (False, 14, False), (False, 1, True)]
)
def test_who_connected_just_before_the_process_is_to_stop_may_still_send(worker, alive, ago, waited_for):
    conn, there = arriving(worker)
    conn.timeout -= ago
    worker.alive = alive
    with there:
        worker.murder_pending()
        assert (conn in worker.arriving) == waited_for
    if waited_for:
        worker._forget(conn)


@pytest.mark.parametrize("kept", [3_000_000, 4_000_000])
def test_what_waits_and_what_is_worked_on_counts_with_what_arrives(worker, monkeypatch, kept):
    monkeypatch.setattr(module, "MOST_KEPT", kept)
    waits, works = connected(worker, LARGE), connected(worker, LARGE)
    worker.large_waiting.append(waits[0])
    worker.working.add(works[0])
    conn, there = arriving(worker, LARGE)
    there.sendall(b"x")
    worker._on_readable(conn, conn.sock)
    assert (conn in worker.arriving) == (kept == 4_000_000)
    for one in (waits, works, (conn, there)):
        worker._forget(one[0])
        one[1].close()


def test_a_large_request_whose_client_has_gone_waits_no_longer(worker):
    (gone, left), (conn, there) = [connected(worker, LARGE + b"x" * 100_000) for _ in range(2)]
    worker.large_waiting.extend((gone, conn))
    left.close()
    there.sendall(b"GET /")
    with there:
        worker.murder_pending()
        assert (list(worker.large_waiting), worker.nr_conns, conn.sock.recv(10)) == ([conn], 1, b"GET /")
    worker._forget(conn)


def test_a_client_for_whom_no_file_is_left_waits_outside_and_the_process_lives(worker, monkeypatch):
    monkeypatch.setattr(module, "BREATH", 0)
    worker.log = Mock()
    listener = Mock()
    listener.accept.side_effect = OSError(errno.EMFILE, "Too many open files")
    worker.accept(listener)
    assert (worker.nr_conns, worker.log.warning.call_count) == (0, 1)


@pytest.mark.parametrize(
    ("soft", "hard", "raised", "may"),
    [
        (1024, 524_288, [(4100, 524_288)], 4100),
        (1024, 2048, [(2048, 2048)], 2048),
        (1024, -1, [(4100, -1)], 4100),
        (8192, 8192, [], 8192),
        (-1, -1, [], 4100),
    ],
)
def test_a_process_opens_as_many_files_as_it_needs_where_it_may(monkeypatch, soft, hard, raised, may):
    told = []
    monkeypatch.setattr(module.resource, "getrlimit", lambda what: (soft, hard))
    monkeypatch.setattr(module.resource, "setrlimit", lambda what, limits: told.append(limits))
    assert (module._files(4100), told) == (may, raised)
