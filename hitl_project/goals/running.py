"""What runs at night: measure every figure, keep it, judge the targets."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic

from django.utils import timezone

from hitl_project.goals import alerting, keeping, promises, remembering, sources
from hitl_project.goals.facts import WEEKS
from hitl_project.goals.told import LIFT, lift, told
from routing.models import Figure, ItemType

LONGEST = 300.0  # seconds that reading may take where nobody waits
A_NIGHT = timedelta(weeks=WEEKS)  # of which all is read at night


def run(now: datetime | None = None) -> int:
    """Measure all figures of all item types, keep them and judge every target; return how many were kept."""
    now = now or timezone.now()
    promises.ensure()
    types = list(ItemType.objects.order_by("pk"))
    known, elsewhere = remembering.known(), told(types, now=now)
    facts = remembering.remember(sources.read(now, known=known, longest=LONGEST, again=A_NIGHT))
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
    week = sources.days(now, 0)[0].date()
    figure = Figure(metric=LIFT, item_type=item_type, week=week, whole=True, measured_at=now)
    figure.value, figure.low, figure.high, figure.count = found.value, found.low, found.high, found.count
    keeping.store([figure])
    return f"{100 * found.value:+.1f} points"


def read_again(now: datetime | None = None) -> float:
    """Read what may have changed since it was read last, for whoever looks; return the seconds it took."""
    begun = monotonic()
    remembering.remember(sources.read(now, known=remembering.known(), longest=LONGEST))
    return round(monotonic() - begun, 2)
