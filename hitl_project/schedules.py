"""What the clock does: every app's schedules, written into the worker's table."""

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Least, Now
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from routing import webhooks
from routing.models import Delivery
from routing.models.outbox import DeliveryAttempt

LEEWAY = timedelta(minutes=1)  # by which the clocks of several hosts may differ
LAST_TRY = DeliveryAttempt.objects.filter(delivery=OuterRef("pk")).order_by("-pk").values("at")[:1]
SOURCES = ("audit.tasks", "routing.tasks", "labeling.tasks", "learning.tasks", "hitl_project.tasks")


@dataclass(frozen=True)
class Changes:
    """What setting up the schedules did: names made, changed and removed."""

    made: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def wanted() -> dict[str, tuple[str, str]]:
    """Return function and cron line of every schedule by name, from the apps' `SCHEDULES`."""
    return {
        name: (function, cron)
        for source in SOURCES
        for name, function, cron in import_module(source).SCHEDULES
    }


@transaction.atomic
def set_up() -> Changes:
    """Make the worker's cron schedules exactly the wanted ones; one that is right keeps its next run."""
    plan = wanted()
    stored = {
        row.name: row for row in Schedule.objects.select_for_update().filter(schedule_type=Schedule.CRON)
    }
    made, changed = [], []
    for name, (function, cron) in plan.items():
        row = stored.get(name)
        if row and (row.func, row.cron) == (function, cron):
            continue
        (changed if row else made).append(name)
        row = row or Schedule(name=name, schedule_type=Schedule.CRON)
        row.func, row.cron = function, cron
        row.next_run = row.calculate_next_run()
        row.save()
    removed = sorted(set(stored) - set(plan))
    Schedule.objects.filter(schedule_type=Schedule.CRON, name__in=removed).delete()
    return Changes(tuple(made), tuple(changed), tuple(removed))


def put_right() -> int:
    """Undo what a clock that was ahead, and was set back, has left for later; return how many rows.

    A schedule's next run is never further off than its plan's next one counted from now, and a task is locked
    for `retry` seconds at most, by the database's clock: what lies beyond was written by one that was wrong.
    So were messages that are owed, or were tried, at a time that has not come: they are due now. Those that
    wait no longer than they would anyway are left: a million may, and each one's last attempt is looked up.
    """
    now, found = timezone.now(), 0
    for row in Schedule.objects.filter(schedule_type=Schedule.CRON, next_run__gt=now):
        if row.next_run > (right := row.calculate_next_run()) + LEEWAY:
            found += Schedule.objects.filter(pk=row.pk, next_run=row.next_run).update(next_run=right)
    longest = Now() + timedelta(seconds=settings.Q_CLUSTER["retry"]) + LEEWAY
    found += OrmQ.objects.filter(lock__gt=longest).update(lock=Now())
    late = Delivery.objects.filter(webhooks.waits_too_long(now), next_attempt_at__gt=now + LEEWAY)
    late = late.annotate(tried=Subquery(LAST_TRY))
    wrong = late.filter(Q(owed_at__gt=now + LEEWAY) | Q(tried__gt=now + LEEWAY))
    return found + wrong.update(owed_at=Least("owed_at", now), next_attempt_at=now)
