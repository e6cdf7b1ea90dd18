"""What becomes of a queue if people go on as they do now."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from routing.economics.pace import Pace

HOUR = 3600.0


@dataclass(frozen=True)
class Outlook:
    """`seconds` until the queue is empty; or `grows` by so many an hour, which `needed` people would stop.

    All None where nobody is at work or nobody has answered anything of late.
    """

    seconds: float | None = None
    grows: float | None = None
    needed: int | None = None


def outlook(waiting: int, pace: Pace | None) -> Outlook:
    """Return what becomes of `waiting` seats: work that people can do less what comes in, both an hour."""
    if pace is None or not pace.people or not pace.seconds:
        return Outlook()
    spare = pace.people * HOUR / pace.seconds - pace.per_hour
    if spare > 0:
        return Outlook(seconds=waiting / spare * HOUR)
    keeps_up = pace.per_hour * pace.seconds / HOUR
    return Outlook(grows=-spare, needed=max(ceil(keeps_up), pace.people + 1))
