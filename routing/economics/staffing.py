"""How long items wait for people, how many come late, and how many people keep that small.

A queue with c people is taken for M/G/c: arrivals at random, looks of any length. Waits are those of M/M/c
(Erlang, 1917) times (1 + cv²)/2 (Lee and Longton, 1959); classes of priority follow Cobham (1954).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

MOST_PEOPLE = 10_000
Z90 = 1.6448536269514722  # 90 % of a normal distribution lies within it on both sides


@dataclass(frozen=True)
class Load:
    """What comes in: looks per hour, the mean seconds of one, and the standard deviation over the mean.

    Raises ValueError on negative numbers and on looks that take no time.
    """

    per_hour: float
    seconds: float
    cv: float = 1.0

    def __post_init__(self) -> None:
        if not (0 <= self.per_hour < math.inf and 0 < self.seconds < math.inf and 0 <= self.cv < math.inf):
            raise ValueError("Arrivals and spread can't be negative, and a look takes some time.")

    @property
    def erlangs(self) -> float:
        """How many people the work keeps busy."""
        return self.per_hour * self.seconds / 3600

    @property
    def spread(self) -> float:
        """How much longer waits are than with exponential looks."""
        return (1 + self.cv**2) / 2

    def idle_rate(self, people: int) -> float:
        """Return by how many looks a second these people could do more than come in; negative: too few."""
        return people / self.seconds - self.per_hour / 3600


def erlang_c(people: int, erlangs: float) -> float:
    """Return the share of arrivals that wait (Erlang's C), 1 where the work is more than the people."""
    if people <= erlangs:
        return 1.0
    blocked = 1.0
    for busy in range(1, people + 1):
        blocked = erlangs * blocked / (busy + erlangs * blocked)
    share = erlangs / people
    return blocked / (1 - share * (1 - blocked))


def mean_wait(load: Load, people: int) -> float:
    """Return the seconds that an arrival waits on average; infinite where the queue grows without end."""
    spare = load.idle_rate(people)
    return erlang_c(people, load.erlangs) / spare * load.spread if spare > 0 else math.inf


def late_share(load: Load, people: int, seconds: float) -> float:
    """Return the share of arrivals that wait longer than `seconds`; 1 where the queue grows without end."""
    spare = load.idle_rate(people)
    if spare <= 0:
        return 1.0
    return erlang_c(people, load.erlangs) * math.exp(-spare * seconds / load.spread)


def people_needed(load: Load, seconds: float, late: float = 0.05) -> int:
    """Return the fewest people with whom at most the share `late` waits longer than `seconds`.

    Raises ValueError where that takes more than MOST_PEOPLE.
    """
    low, high = 0, 1
    while late_share(load, high, seconds) > late:
        low, high = high, high * 2
        if high > 2 * MOST_PEOPLE:
            raise ValueError("No such number of people could keep up with this.")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if late_share(load, middle, seconds) <= late else (middle, high)
    return high


def most_per_hour(load: Load, people: int, seconds: float, late: float = 0.05) -> float:
    """Return the most arrivals per hour of which these people let at most the share `late` wait longer."""
    low, high = 0.0, people * 3600 / load.seconds
    for _ in range(60):
        middle = (low + high) / 2
        fits = late_share(replace(load, per_hour=middle), people, seconds) <= late
        low, high = (middle, high) if fits else (low, middle)
    return low


def growth(load: Load, people: int) -> float:
    """Return by how many looks an hour the queue grows; 0 where these people keep up."""
    return max(0.0, -load.idle_rate(people) * 3600)


@dataclass(frozen=True)
class Wait:
    """Seconds until an item's turn: the expectation, and bounds that hold in 90 of 100 cases."""

    seconds: float
    low: float
    high: float


def wait(ahead: int, people: int, seconds: float, sd: float, *, overtaken: float = 0.0) -> Wait:
    """Return how long an item waits behind `ahead` others while all people are at work.

    (ahead + 1) · seconds / people, since each look that ends takes the next item, with a standard deviation
    of sd · √(ahead + 1) / people. `overtaken` is the share of people's time that later arrivals of a higher
    priority take, below 1.
    """
    looks = ahead + 1
    left = people * (1 - overtaken)
    mean, off = looks * seconds / left, Z90 * sd * math.sqrt(looks) / left
    return Wait(mean, max(0.0, mean - off), mean + off)
