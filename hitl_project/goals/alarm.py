"""When a target that is missed is told of: once it was missed for a week, and again when it is met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hitl_project.goals.estimates import Verdict

# How long every measurement must miss. Nights share nearly all they count, so two running say little more
# than one: of figures exactly on target three in five would be told of within a year, with a week one in
# three (simulated); what misses by five points is told of six days later.
LONG = timedelta(days=6, hours=12)


class News(StrEnum):
    """What is told of a target."""

    MISSED = "target.missed"
    MET_AGAIN = "target.met_again"


@dataclass(frozen=True)
class State:
    """Since when a target is missed, and when that was told; None where it is not."""

    missed_since: datetime | None = None
    told_at: datetime | None = None


def step(state: State, verdict: Verdict, now: datetime, *, alert: bool = True) -> tuple[State, News | None]:
    """Return the state after one measurement, and what is to be told now.

    A miss that was told stands until the whole interval is on the good side: one that is only in doubt has
    not ended, or it would be told again and again.
    """
    if verdict is Verdict.MISSED:
        since = state.missed_since or now
        if alert and state.told_at is None and now - since >= LONG:
            return State(since, now), News.MISSED
        return State(since, state.told_at), None
    if verdict is Verdict.FREE:
        return State(), None
    if state.told_at is None:
        return State(), None
    if verdict is Verdict.MET:
        return State(), News.MET_AGAIN
    return state, None
