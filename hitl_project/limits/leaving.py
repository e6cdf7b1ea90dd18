"""An answer as it leaves: what a client doesn't take at once waits in a file, and no thread waits with it."""

from __future__ import annotations

import contextlib
import socket
import time
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any

IN_MEMORY = 64 * 1024  # bytes of an answer that waits; more of it goes to a temporary file
MOST_WAITING = 64 * 1024 * 1024  # bytes; a longer answer waits for the client, a thread with it
STALLED = 30  # seconds that a client may take nothing at all
FILE = partial(SpooledTemporaryFile, max_size=IN_MEMORY)


class Outlet:
    """A connection's socket, whose `sendall` never waits for the client before MOST_WAITING bytes wait."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._file: SpooledTemporaryFile | None = None
        self._sent = 0  # bytes of the file
        self._moved = time.monotonic()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    @property
    def waiting(self) -> bool:
        """Return whether something is left to send."""
        return self._file is not None

    def sendall(self, data: bytes) -> None:
        """Send, or keep for later; raises TimeoutError where a long answer's client takes nothing."""
        if self._file is None:
            sent = self._send(data)
            if sent == len(data):
                return
            data, self._file, self._sent = data[sent:], FILE(), 0
        self._file.seek(0, 2)
        self._file.write(data)
        if self._file.tell() - self._sent > MOST_WAITING:
            self._wait()

    def go_on(self) -> bool:
        """Send more of what waits, without waiting; return whether all is sent. Raises OSError."""
        while self._file is not None:
            self._file.seek(self._sent)
            piece = self._file.read(IN_MEMORY)
            if not piece:
                self._done()
                return True
            sent = self._send(piece)
            self._sent += sent
            if sent < len(piece):
                return False
        return True

    def stalled(self, now: float) -> bool:
        """Return whether the client has taken nothing for too long."""
        return now - self._moved > STALLED

    def close(self) -> None:
        """Close the socket and forget what waits."""
        self._sock.close()
        self._done()

    def _send(self, data: bytes) -> int:
        with contextlib.suppress(BlockingIOError):
            sent = self._sock.send(data, socket.MSG_DONTWAIT)
            self._moved = time.monotonic()
            return sent
        return 0

    def _wait(self) -> None:
        self._sock.settimeout(STALLED)
        self._file.seek(self._sent)
        while piece := self._file.read(IN_MEMORY):
            self._sock.sendall(piece)
        self._moved = time.monotonic()
        self._done()

    def _done(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
