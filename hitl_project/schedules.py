"""What the clock does: every app's schedules, written into the worker's table."""

from dataclasses import dataclass
from importlib import import_module

from django.db import transaction
from django_q.models import Schedule

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
