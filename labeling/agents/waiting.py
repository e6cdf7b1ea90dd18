"""A caller waits for an answer: for a while, with nothing of the server's held but one thread of few."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import BoundedSemaphore

from django.db import connection

LONGEST = 25  # seconds; below the 30 at which proxies and clients usually give up
LOOK_EACH = 1.0  # seconds
# A wait holds a thread of the web process. So few at a time leave the others free; who comes beside is
# answered at once and asks again.
AT_ONCE = 2

_room = BoundedSemaphore(AT_ONCE)


def until_true(ready: Callable[[], bool], *, seconds: float) -> bool:
    """Look each second whether it is `ready`, for `seconds` at most; return whether it was waited at all.

    The database connection is given back between looks, so that a hundred waiting callers are not a hundred
    connections. With no room left it returns at once.
    """
    if connection.in_atomic_block or not _room.acquire(blocking=False):
        return False
    try:
        end = time.monotonic() + min(seconds, LONGEST)
        while (left := end - time.monotonic()) > 0:
            connection.close()
            time.sleep(min(LOOK_EACH, left))
            if ready():
                break
        return True
    finally:
        _room.release()
