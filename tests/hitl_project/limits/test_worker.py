"""The loop of a web process outlives what goes wrong with one connection."""

import selectors
import socket
from types import MethodType

from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from hitl_project.limits.arriving import Arrival
from hitl_project.limits.leaving import Outlet
from hitl_project.limits.worker import PatientWorker


def full(self, data):
    """Take nothing: the disk is full."""
    raise OSError(28, "No space left on device")


def test_a_body_that_the_disk_has_no_room_for_is_answered_503_and_the_loop_goes_on():
    here, there = socket.socketpair()
    worker = PatientWorker.__new__(PatientWorker)
    worker.poller, worker.nr_conns = selectors.DefaultSelector(), 1
    with there, worker.poller:
        conn = TConn(Config(), Outlet(here), "client", "server")
        conn.arrival = Arrival(lambda content_type: 100)
        conn.arrival.feed = MethodType(full, conn.arrival)
        worker.arriving = {conn: conn.arrival}
        worker.poller.register(conn.sock, selectors.EVENT_READ)
        there.sendall(b"x")
        worker._on_readable(conn, conn.sock)
        assert (worker.arriving, worker.nr_conns) == ({}, 0)
        assert there.recv(1_000).startswith(b"HTTP/1.1 503 ")
