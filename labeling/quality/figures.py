"""How many labels each check flagged, and how many of these were wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from labeling.models import Flag
from routing.backtest.estimates import wilson


@dataclass(frozen=True)
class Flagged:
    """Flags of one check by what became of them.

    `right` is the share of the settled ones that a second look, or the item's decision, bore out: the label
    was changed. `low` and `high` bound it with 95 % (Wilson 1927). All three are None where none is settled.
    """

    check: str
    raised: int
    open: int
    changed: int
    confirmed: int
    dismissed: int
    right: float | None
    low: float | None
    high: float | None


def by_check(
    item_type: str | None = None, days: float = 30, now: datetime | None = None
) -> tuple[Flagged, ...]:
    """Return the figures of the flags of the last `days` days, for the item type of this slug or for all.

    One row for each check that flagged something, in one statement.
    """
    since = (now or timezone.now()) - timedelta(days=days)
    flags = Flag.objects.filter(created_at__gt=since)
    if item_type:
        flags = flags.filter(item_type__slug=item_type)
    outcomes = {outcome: Count("id", filter=Q(outcome=outcome)) for outcome in Flag.Outcome.values}
    rows = flags.order_by("check_name").values("check_name").annotate(raised=Count("id"), **outcomes)
    return tuple(_flagged(**row) for row in rows)


def _flagged(check_name: str, raised: int, changed: int, confirmed: int, dismissed: int) -> Flagged:
    settled = changed + confirmed + dismissed
    right = changed / settled if settled else None
    low, high = wilson(right, settled) if right is not None else (None, None)
    return Flagged(
        check=check_name,
        raised=raised,
        open=raised - settled,
        changed=changed,
        confirmed=confirmed,
        dismissed=dismissed,
        right=right,
        low=low,
        high=high,
    )
