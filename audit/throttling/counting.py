"""Requests counted in this process's memory, beside what the other processes last told.

A window slides by weighing: what came in this minute, and of the minute before the share that still lies
within the last sixty seconds. Steady clients are let through at their limit exactly; a burst at the turn of a
minute can't double it, as it can with fixed windows (the "sliding window counter", exact to a few per cent
where requests come evenly).
"""

from collections import Counter
from math import ceil
from threading import Lock

MINUTE = 60  # seconds
MOST = 50_000  # keys, people and addresses that are told apart at once
OTHERS = "address:others"  # everybody beyond those, together

Key = tuple[str, int]  # whose, and in which minute since 1970


class Counts:
    """Who sent how many requests; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: Counter[Key] = Counter()
        self._unsent: Counter[Key] = Counter()

    def wait(self, who: str, limit: int, now: float) -> int:
        """Count a request of somebody; return 0, or the seconds to wait where it is one too many.

        `limit` is in requests a minute, `now` in seconds since 1970. What is refused is not counted: who goes
        on asking too often is let through at the limit all the same.
        """
        with self._lock:
            wait = self._wait(who, limit, now)
            if not wait:
                minute = int(now // MINUTE)
                self._unsent[self._place(who, minute), minute] += 1
        return wait

    def look(self, who: str, limit: int, now: float) -> int:
        """Return the seconds that somebody has to wait, without counting a request."""
        with self._lock:
            return self._wait(who, limit, now)

    def _wait(self, who: str, limit: int, now: float) -> int:
        minute, into = int(now // MINUTE), now % MINUTE
        who = self._place(who, minute)
        here, before = self._total(who, minute), self._total(who, minute - 1)
        if here + before * (1 - into / MINUTE) < limit:
            return 0
        if here >= limit:
            return ceil(MINUTE - into)
        return max(1, ceil(MINUTE * (1 - (limit - here) / before) - into))

    def add(self, who: str, minute: int) -> None:
        """Count a request without asking whether it is one too many."""
        with self._lock:
            self._unsent[self._place(who, minute), minute] += 1

    def take(self, minute: int) -> dict[Key, int]:
        """Return what was counted here since the last time, and forget what is older than the last minute."""
        with self._lock:
            taken = dict(self._unsent)
            self._unsent.clear()
            self._known.update(taken)
            self._known = Counter({key: n for key, n in self._known.items() if key[1] >= minute - 1})
            return taken

    def learn(self, totals: dict[Key, int]) -> None:
        """Take over what all processes together have counted."""
        with self._lock:
            self._known |= totals

    def _total(self, who: str, minute: int) -> int:
        return self._known[who, minute] + self._unsent[who, minute]

    def _place(self, who: str, minute: int) -> str:
        """Return the name to count under: memory is bounded, whatever addresses are made up."""
        known = (who, minute) in self._known or (who, minute) in self._unsent
        full = len(self._known) + len(self._unsent) >= 2 * MOST
        return OTHERS if full and not known else who


COUNTS = Counts()
