"""Disputes in figures: how many decisions were disputed, and how many of those were changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, F, Q
from django.utils import timezone

from labeling.models import Appeal
from routing.backtest.estimates import wilson

STATES = Appeal.State


@dataclass(frozen=True)
class Figures:
    """Disputes opened within a window, by what became of them.

    `rate` is the share of decided disputes that changed the decision, with Wilson's 95 % interval from `low`
    to `high`; all three None where none is decided. It tells of disputed decisions only: who disputes is not
    drawn by chance, so it is no error rate of all decisions. `hours` is the mean time to the answer.
    """

    opened: int
    waiting: int
    upheld: int
    overturned: int
    withdrawn: int
    rate: float | None
    low: float | None
    high: float | None
    hours: float | None


def figures(item_type: str | None = None, days: float = 90, *, now: datetime | None = None) -> Figures:
    """Return the figures of disputes opened in the last `days`, of a type's slug or of all: one statement."""
    since = (now or timezone.now()) - timedelta(days=days)
    rows = Appeal.objects.filter(opened_at__gte=since)
    if item_type is not None:
        rows = rows.filter(item__item_type__slug=item_type)
    counts = {state: Count("pk", filter=Q(state=state)) for state in STATES.values}
    decided = Q(state__in=[STATES.UPHELD, STATES.OVERTURNED])
    found = rows.aggregate(**counts, took=Avg(F("closed_at") - F("opened_at"), filter=decided))
    total = found["upheld"] + found["overturned"]
    rate = found["overturned"] / total if total else None
    low, high = (None, None) if rate is None else wilson(rate, total)
    return Figures(
        opened=sum(found[state] for state in STATES.values),
        waiting=found["open"],
        upheld=found["upheld"],
        overturned=found["overturned"],
        withdrawn=found["withdrawn"],
        rate=rate,
        low=low,
        high=high,
        hours=found["took"].total_seconds() / 3600 if found["took"] else None,
    )
