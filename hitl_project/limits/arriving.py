"""A request as it arrives: gathered without a thread until all of it is here, or until it took too long."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any

IN_MEMORY = 64 * 1024  # bytes of a request; more of it goes to a temporary file
LONGEST_HEAD = 64 * 1024  # bytes; gunicorn's own limits within it answer with what is wrong
HEAD_SECONDS = 10  # from the first byte to the end of the head
BODY_SECONDS = 20  # that every body has, besides what SLOWEST allows it
SLOWEST = 16 * 1024  # bytes a second, on average
FILE = partial(SpooledTemporaryFile, max_size=IN_MEMORY)
PROBE = b"GET /health "
END = b"\r\n\r\n"
LENGTH = re.compile(rb"(?im)^content-length[ \t]*:([^\r\n]*)\r?$")
TYPE = re.compile(rb"(?im)^content-type[ \t]*:[ \t]*([^\r\n]*)")
CODING = re.compile(rb"(?im)^transfer-encoding[ \t]*:")
EXPECT = re.compile(rb"(?im)^expect[ \t]*:[ \t]*100-continue[ \t]*\r?\n")


class Arrival:
    """One request of a connection; read by gunicorn's parser, through `recv`, once it is `whole`."""

    def __init__(self, most_bytes: Callable[[str], int], before: bytes = b"") -> None:
        self.whole = False  # may be given to a thread
        self.cut = False  # the body is not here and won't be read: the connection ends with the answer
        self.asked_to_go_on = False  # the client waits for "100 Continue"
        self.size = 0  # bytes that are here
        self.after = b""  # of the next request, sent along already
        self._most_bytes = most_bytes
        self._since: float | None = None
        self._need: int | None = None
        self._head = bytearray()
        self._begins = 0  # where the body does
        self._file = FILE()
        if before:
            self.feed(before)

    @property
    def large(self) -> bool:
        """Return whether the request is one of those of which only a few are worked on at once."""
        return self.size > 1024 * 1024

    @property
    def probe(self) -> bool:
        """Return whether it only asks if the server lives."""
        return self._head.startswith(PROBE)

    def wanted(self) -> int:
        """Return how many bytes to receive next, at most."""
        return IN_MEMORY if self._need is None else min(self._need - self.size, 4 * IN_MEMORY)

    def feed(self, data: bytes) -> None:
        """Take bytes that have come."""
        self._since = self._since or time.monotonic()
        if self._need is None:
            self._head += data
            self.size = len(self._head)
            end = self._head.find(END)
            if end >= 0:
                self._begin(bytes(self._head), end + len(END))
            elif self.size > LONGEST_HEAD:
                self._keep(bytes(self._head), cut=True)
        else:
            self.size += len(data)
            self._file.write(data)
        if self._need is not None and self.size >= self._need and not self.whole:
            self._ready()

    def late(self, now: float) -> bool:
        """Return whether it took too long; nothing sent at all is the keep-alive's matter."""
        if self._since is None:
            return False
        allowed = HEAD_SECONDS if self._need is None else BODY_SECONDS + self.size / SLOWEST
        return now - self._since > allowed

    def recv(self, size: int) -> bytes:
        """Return up to `size` bytes of the request, and nothing at its end: what a socket would give."""
        return self._file.read(size)

    def body(self) -> Any:
        """Return the body as a file, read without gunicorn's copies of it; empty where it was cut."""
        self._file.seek(self._begins)
        return self._file

    def close(self) -> None:
        """Forget the request."""
        self._file.close()

    def _begin(self, got: bytes, end: int) -> None:
        head, rest = got[:end], got[end:]
        body, found = _length(head), TYPE.search(head)
        most = self._most_bytes(found.group(1).decode("latin-1") if found else "")
        if CODING.search(head) or body is None or body > most:
            return self._keep(head, cut=True)
        plain = EXPECT.sub(b"", head)
        self.asked_to_go_on = len(plain) < len(head) and len(rest) < body
        self._file.write(plain)
        self._begins = len(plain)
        self._file.write(rest[:body])
        self.after = rest[body:]
        self.size = len(plain) + min(len(rest), body)
        self._need = len(plain) + body
        return None

    def _keep(self, head: bytes, *, cut: bool) -> None:
        self._file.write(head)
        self._begins = len(head)
        self.cut = cut
        self._need = self.size = len(head)

    def _ready(self) -> None:
        self._file.seek(0)
        self.whole = True


def _length(head: bytes) -> int | None:
    """Return how long a head says that the body is; None where that can't be told for certain.

    Nothing behind such a head is ever read as a next request: a proxy may have meant it as the body.
    """
    said = {one.strip(b" \t") for one in LENGTH.findall(head)} or {b"0"}
    one = said.pop()
    return int(one) if not said and one.isdigit() and len(one) < 19 else None
