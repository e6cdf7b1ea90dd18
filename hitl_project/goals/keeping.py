"""The rows in which figures are kept, week by week, so that what was can be read when the items are gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from hitl_project.goals.estimates import Estimate, together
from hitl_project.goals.facts import WEEKS, Facts
from hitl_project.goals.measuring import measure
from hitl_project.goals.told import ALL, TOLD, Told
from routing.models import Figure, ItemType

SHOWN = timedelta(weeks=26)
BATCH = 1_000


def whole(facts: Facts, told: Told, types: Sequence[ItemType]) -> dict[str, Estimate]:
    """Return each figure of these item types together, over the days that targets are judged by."""
    found = measure([facts.of_type(one.pk) for one in types])
    return found | {name: together([told[one.pk].get(name, Estimate()) for one in types]) for name in TOLD}


def of_days(facts: Facts, types: Sequence[ItemType], days: Sequence[date]) -> dict[str, Estimate]:
    """Return each figure of these item types together on these days; those that are told are of no day."""
    return measure([facts.of_type(one.pk, days) for one in types])


def keep(facts: Facts, told: Told, types: Sequence[ItemType]) -> int:
    """Store the figures of each item type and of all, by week and over all; return how many."""
    rows: list[Figure] = []
    for chosen in [None, *types]:
        of = [chosen] if chosen else types
        rows += _rows(whole(facts, told, of), chosen, facts.weeks[-1], facts.now, whole=True)
        for week in facts.weeks[-WEEKS:]:
            rows += _rows(of_days(facts, of, facts.week(week)), chosen, week, facts.now)
    store(rows)
    return len(rows)


@transaction.atomic
def store(rows: Sequence[Figure]) -> None:
    """Write these figures; one of the same week is replaced."""
    Figure.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["metric", "item_type", "week", "whole"],
        update_fields=["value", "low", "high", "count", "measured_at"],
    )


def history(item_type: ItemType | None, *, today: date) -> dict[str, list[tuple[date, float]]]:
    """Return by name the weekly figures of the last half-year, oldest first, in one statement.

    Where a figure is of no week, what it was over all in each of them.
    """
    rows = Figure.objects.filter(item_type=item_type, week__gt=today - SHOWN, value__isnull=False)
    found: defaultdict[str, list[tuple[date, float]]] = defaultdict(list)
    for name, week, value, over_all in rows.order_by("week").values_list("metric", "week", "value", "whole"):
        if over_all == (name in TOLD):
            found[name].append((week, value))
    return found


def weekly(item_type: ItemType | None, *, today: date) -> dict[date, dict[str, Estimate]]:
    """Return by week and name the figures of the last half-year with their intervals, in one statement."""
    rows = Figure.objects.filter(item_type=item_type, week__gt=today - SHOWN, value__isnull=False)
    found: defaultdict[date, dict[str, Estimate]] = defaultdict(dict)
    for one in rows.order_by("week"):
        if one.whole == (one.metric in TOLD):
            found[one.week][one.metric] = Estimate(one.value, one.low, one.high, one.count)
    return dict(found)


def kept(item_type: ItemType | None) -> tuple[dict[str, Estimate], datetime | None]:
    """Return what was measured last, and when: for when measuring now takes too long. One statement."""
    rows = Figure.objects.filter(item_type=item_type, whole=True).order_by("metric", "-week")
    newest = list(rows.distinct("metric"))
    found = {one.metric: Estimate(one.value, one.low, one.high, one.count) for one in newest}
    return {name: found.get(name, Estimate()) for name in ALL}, max(
        (one.measured_at for one in newest), default=None
    )


def _rows(
    found: Mapping[str, Estimate],
    item_type: ItemType | None,
    week: date,
    now: datetime,
    *,
    whole: bool = False,
) -> Iterator[Figure]:
    """Of what nothing is known no row is kept."""
    for name, one in found.items():
        if one.value is not None:
            yield Figure(
                metric=name,
                item_type=item_type,
                week=week,
                whole=whole,
                value=one.value,
                low=one.low,
                high=one.high,
                count=one.count,
                measured_at=now,
            )
