"""The days that a page's figures are of, and those before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Period:
    """So many days up to today, today included; `name` as a link says it, `words` as a sentence does."""

    days: int
    name: str
    words: str
    before: str


TODAY = Period(1, "Today", "Today, since midnight", "than yesterday")
WEEK = Period(7, "7 days", "The last 7 days, today included", "than in the 7 days before")
MONTH = Period(30, "30 days", "The last 30 days, today included", "than in the 30 days before")
WEEKS = Period(63, "9 weeks", "The last nine weeks, today included", "than in the nine weeks before")
PERIODS = {one.days: one for one in (TODAY, WEEK, MONTH)}
LONG = {one.days: one for one in (WEEK, MONTH, WEEKS)}


def period(asked: str | None, among: Mapping[int, Period] = PERIODS, usual: Period = WEEK) -> Period:
    """Return the period that an address asks for, of anything else the usual one."""
    return next((one for one in among.values() if str(one.days) == asked), usual)


def split(days: Sequence[date], over: Period) -> tuple[Sequence[date], Sequence[date]]:
    """Return the last days of the period and as many before them; both fewer where there are no more."""
    return days[-over.days :], days[-2 * over.days : -over.days]
