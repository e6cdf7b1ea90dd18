"""A gunicorn worker whose threads never wait for a client: requests arrive, and answers leave, in its loop.

Gunicorn's own threaded worker gives a connection to a thread as soon as its first byte is there: as many
clients as there are threads, each sending a byte a second, stop everybody else. Here a request goes to a
thread once all of it has come, and what a slow reader doesn't take at once is sent as it takes it: what a
buffering proxy does, for servers that have none in front. TLS is that proxy's matter.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import resource
import selectors
import socket
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn import http
from gunicorn.workers.gthread import TConn, ThreadWorker

from hitl_project.limits.arriving import Arrival
from hitl_project.limits.leaving import Outlet

LARGE_AT_ONCE = 1  # requests over 1 MB that a process works on at the same time: each may need 300 MB
MOST_KEPT = 4 * 1024**3  # bytes of requests on the disk of a process: that arrive, wait or are worked on
LINGER = 2.0  # seconds that a client has to end a connection that we have ended, or to begin as we stop
FILES_EACH = 2  # that a connection has open: its socket, and what of it lies on the disk
OWN_FILES = 100  # of a process besides: the database, the log, what it is made of
NOBODY = (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK)
NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
BREATH = 0.05  # seconds until somebody new is asked in where there was no room
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
FULL = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"


class PatientWorker(ThreadWorker):
    """Gthread with requests and answers kept in the loop while the network has them."""

    complained_at = 0.0

    def init_process(self) -> None:
        """Begin to serve."""
        self.arriving: dict[TConn, Arrival] = {}
        self.leaving: dict[TConn, bool] = {}  # whether the connection is kept afterwards
        self.ending: dict[TConn, float] = {}  # until when
        self.large_waiting: deque[TConn] = deque()
        self.working: set[TConn] = set()
        self.looked_at = 0.0
        room = (_files(OWN_FILES + FILES_EACH * self.worker_connections) - OWN_FILES) // FILES_EACH
        self.worker_connections = max(1, min(self.worker_connections, room))
        self.cfg.set("sendfile", False)  # which would wait for the client
        # Where all threads wait for a database that says nothing, the process lives: it must not be killed.
        self.probing = ThreadPoolExecutor(1, thread_name_prefix="probes")
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        """Give a request to a thread; those that ask whether we live have one of their own."""
        future = (self.probing if conn.arrival.probe else self.tpool).submit(self.handle, conn)
        future.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def load_wsgi(self) -> None:
        """Load the application, which reads bodies from where they lie."""
        super().load_wsgi()
        self.wsgi = partial(_with_body, self.wsgi)

    def _complain(self, error: OSError) -> None:
        """Log that there is no room, once a second: it is asked again twenty times."""
        if time.monotonic() - self.complained_at > 1:
            self.complained_at = time.monotonic()
            self.log.warning("A connection can't be taken: %s", error)

    def accept(self, listener: Any) -> None:
        """Take a new connection."""
        try:
            sock, address = listener.accept()
        except OSError as error:
            if error.errno in NO_ROOM:  # the client waits outside; those who are here are served
                self._complain(error)
                time.sleep(BREATH)
            elif error.errno not in NOBODY:
                raise
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, Outlet(sock), address, listener.getsockname())
        conn.initialized = True
        self._expect(conn)

    def on_client_socket_readable(self, conn: TConn, client: Any) -> None:
        """Take the next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._expect(conn)

    def handle_request(self, req: Any, conn: TConn) -> bool:
        """Work on a request, on a thread; what is refused for its length ends the connection."""
        if conn.arrival.cut:
            req.force_close()
        kept = super().handle_request(req, conn)
        if conn.arrival.large:
            # What a large body was made into hangs in circles of references, a hundred megabytes each time.
            gc.collect()
        return kept

    def finish_request(self, conn: TConn, future: Any) -> None:
        """Go on with a connection whose request has been worked on."""
        self.working.remove(conn)
        if conn.arrival.large and self.large_waiting:
            self._work(self.large_waiting.popleft())
        keep = not future.cancelled() and future.exception() is None and bool(future.result())
        keep = keep and not conn.arrival.cut
        conn.arrival.close()
        if conn.sock.fileno() < 0:
            self.nr_conns -= 1
            return
        conn.sock.setblocking(False)
        if conn.sock.waiting:
            self.leaving[conn] = keep
            self.poller.register(conn.sock, selectors.EVENT_WRITE, partial(self._on_writable, conn))
        else:
            self._after(conn, keep)

    def murder_pending(self) -> None:
        """End what takes too long."""
        now = time.monotonic()
        if now - self.looked_at < 1:
            return
        self.looked_at = now
        # Whoever connected just before we are to stop may be sending already.
        less = 0 if self.alive else self.cfg.keepalive - LINGER
        for conn, arrival in list(self.arriving.items()):
            silent = arrival.size == 0 and now > conn.timeout - less
            if silent or arrival.late(now):
                self._drop(conn, self.arriving, b"" if silent else TOO_SLOW)
        for conn in [one for one in self.leaving if one.sock.stalled(now)]:
            self._drop(conn, self.leaving)
        for conn in [one for one, until in self.ending.items() if now > until]:
            self._drop(conn, self.ending)
        for conn in [one for one in self.large_waiting if _gone(one.sock)]:
            self.large_waiting.remove(conn)
            self._forget(conn)

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        return keepalive  # nothing of a body is left to be drained: it is in the file, or cut

    def _expect(self, conn: TConn, before: bytes = b"") -> None:
        from hitl_project.limits.gate import most_bytes

        conn.set_timeout()
        conn.arrival = conn.sock.arrival = Arrival(most_bytes, before)
        if conn.arrival.whole:
            self._arrived(conn)
            return
        conn.sock.setblocking(False)
        self.arriving[conn] = conn.arrival
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_readable, conn))

    def _on_readable(self, conn: TConn, sock: Any) -> None:
        arrival = conn.arrival
        try:
            data = sock.recv(arrival.wanted())
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(conn, self.arriving)
            return
        try:
            arrival.feed(data)
        except OSError:  # the disk is full
            self._drop(conn, self.arriving, FULL)
            return
        if arrival.asked_to_go_on:
            arrival.asked_to_go_on = False
            sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if arrival.whole:
            self.poller.unregister(sock)
            del self.arriving[conn]
            self._arrived(conn)
        elif arrival.large and self._kept() > MOST_KEPT:
            self._drop(conn, self.arriving, FULL)

    def _kept(self) -> int:
        return sum(one.arrival.size for one in (*self.arriving, *self.large_waiting, *self.working))

    def _arrived(self, conn: TConn) -> None:
        conn.parser = http.get_parser(self.cfg, conn.arrival, conn.client)
        beside = sum(one.arrival.large for one in self.working) if conn.arrival.large else 0
        if beside >= LARGE_AT_ONCE:
            self.large_waiting.append(conn)
        else:
            self._work(conn)

    def _work(self, conn: TConn) -> None:
        self.working.add(conn)
        self.enqueue_req(conn)

    def _on_writable(self, conn: TConn, sock: Any) -> None:
        try:
            if not sock.go_on():
                return
        except OSError:
            self._drop(conn, self.leaving)
            return
        self.poller.unregister(sock)
        self._after(conn, self.leaving.pop(conn))

    def _after(self, conn: TConn, keep: bool) -> None:
        """Wait for the next request, or end the connection in an orderly way: the answer must arrive."""
        if not keep:
            self._end(conn)
        elif conn.arrival.after:
            self._expect(conn, conn.arrival.after)
        else:
            conn.set_timeout()
            if not self.alive:
                conn.timeout = min(conn.timeout, time.monotonic() + LINGER)
            self.keepalived_conns.append(conn)
            readable = partial(self.on_client_socket_readable, conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, readable)

    def _end(self, conn: TConn) -> None:
        try:
            conn.sock.shutdown(1)  # nothing more comes from us
        except OSError:
            self.nr_conns -= 1
            conn.close()
            return
        self.ending[conn] = time.monotonic() + LINGER
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_ended, conn))

    def _on_ended(self, conn: TConn, sock: Any) -> None:
        try:
            if sock.recv(64 * 1024):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._drop(conn, self.ending)

    def _drop(self, conn: TConn, where: dict, word: bytes = b"") -> None:
        self.poller.unregister(conn.sock)
        del where[conn]
        with contextlib.suppress(OSError):
            conn.sock.sendall(word)
        self._forget(conn)

    def _forget(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()
        with contextlib.suppress(OSError):  # what was written last may not fit on the disk
            conn.arrival.close()


def _gone(sock: Any) -> bool:
    """Return whether a client has ended its connection; what it sent on it is left there."""
    try:
        return not sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _files(wanted: int) -> int:
    """Let this process open so many files, where it may, and return how many it may open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else soft


def _with_body(application: Any, environ: dict[str, Any], start_response: Any) -> Any:
    environ["wsgi.input"] = environ["gunicorn.socket"].arrival.body()
    return application(environ, start_response)
