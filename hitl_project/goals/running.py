"""What runs at night: measure every figure, keep it, judge the targets."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from hitl_project.goals import alerting, board, keeping, promises, sources
from hitl_project.goals.told import LIFT, lift, told
from routing.models import Figure, ItemType

LONGEST = 300.0  # seconds that reading may take at night


def run(now: datetime | None = None) -> int:
    """Measure all figures of all item types, keep them and judge every target; return how many were kept."""
    now = now or timezone.now()
    promises.ensure()
    types = list(ItemType.objects.order_by("pk"))
    facts, elsewhere = sources.read(now, longest=LONGEST), told(types, now=now)
    board.remember(facts)
    count = keeping.keep(facts, elsewhere, types)
    found = {one.pk: keeping.whole(facts, elsewhere, [one]) for one in types}
    alerting.judge({None: keeping.whole(facts, elsewhere, types), **found}, now=now)
    return count


def measure_lift(item_type: ItemType, now: datetime | None = None) -> str:
    """Measure what the last quarter brought one item type, keep it and say it."""
    now = now or timezone.now()
    found = lift(item_type, now=now)
    if found is None:
        return "no two models to compare"
    week = sources.weeks(now, 1)[0].date()
    figure = Figure(metric=LIFT, item_type=item_type, week=week, whole=True, measured_at=now)
    figure.value, figure.low, figure.high, figure.count = found.value, found.low, found.high, found.count
    keeping.store([figure])
    return f"{100 * found.value:+.1f} points"
