"""Version 7 UUIDs (RFC 9562, section 5.7): unique, and sorted by the time they were made."""

import os
import threading
import time
import uuid
from datetime import datetime

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """Return a new UUID; within one process each is greater than the one before.

    The 12 bits after the millisecond count its 4,096ths (RFC 9562, section 6.2, method 3), so that rows
    of one batch keep their order.
    """
    global _last
    with _lock:
        ticks = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        _last = ticks
    milliseconds, fraction = divmod(ticks, 4096)
    random = int.from_bytes(os.urandom(8)) >> 2
    return uuid.UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | random)


def earliest(moment: datetime) -> uuid.UUID:
    """Return a UUID that no id made at or after `moment` is below: a range of time as one of ids."""
    return uuid.UUID(int=(int(moment.timestamp() * 1000) << 80) | (0x7 << 76) | (0b10 << 62))
