"""What the clock does for the server itself: throw away what nobody reads any more."""

from datetime import timedelta

from axes.models import AccessAttempt, AccessLog
from django.utils import timezone
from django_q.models import Failure, Success
from django_q.tasks import async_task

from audit.models import Session
from hitl_project import anchoring, counting
from routing.models import ItemType

SCHEDULES = [
    ("count what was done", "hitl_project.tasks.count", "* * * * *"),
    ("sweep", "hitl_project.tasks.sweep", "40 3 * * *"),
    ("sign the trail", "hitl_project.tasks.sign_trail", "*/5 * * * *"),
    ("measure what was promised", "hitl_project.tasks.measure_targets", "10 4 * * *"),
]
KEEP_DONE = timedelta(days=2)
KEEP_FAILED = timedelta(days=30)
KEEP_SIGN_INS = timedelta(days=90)


def count() -> int:
    """Count for /metrics what was sealed and which tasks ended; return how many seals were counted."""
    return counting.run()


def sign_trail() -> str:
    """Sign a checkpoint of the trail where one is due, anchor what is not yet, and say what was done."""
    return anchoring.run()


def measure_targets() -> int:
    """Measure each figure with a target and tell of misses; return how many figures were kept.

    What models have brought is measured for each item type in a task of its own: it reads models.
    """
    from hitl_project.goals import running

    for item_type in ItemType.objects.values_list("pk", flat=True):
        async_task("hitl_project.tasks.measure_lift", item_type)
    return running.run()


def read_figures() -> float:
    """Read the figures of the dashboard anew, as somebody looks; return the seconds that it took."""
    from hitl_project.goals import running

    return running.read_again()


def measure_lift(item_type_id: int) -> str:
    """Measure what the last quarter's models brought an item type, and say it."""
    from hitl_project.goals import running

    return running.measure_lift(ItemType.objects.get(pk=item_type_id))


def tell_leads_of_targets(told: list[tuple[int | None, str, str]]) -> int:
    """Send leads an e-mail about targets; return how many leads have an address."""
    from hitl_project.goals import alerting

    return alerting.tell_leads(told)


def sweep() -> dict[str, int]:
    """Delete old results of tasks, ended sessions and old sign-ins; return how many of each."""
    now = timezone.now()
    # The worker is told to keep every result, since its own pruning reads the whole table for each task.
    old = {
        "tasks done": Success.objects.filter(stopped__lt=now - KEEP_DONE),
        "tasks failed": Failure.objects.filter(stopped__lt=now - KEEP_FAILED),
        "sessions": Session.objects.filter(expire_date__lt=now),
        "sign-ins": AccessLog.objects.filter(attempt_time__lt=now - KEEP_SIGN_INS),
        "failed sign-ins": AccessAttempt.objects.filter(attempt_time__lt=now - KEEP_SIGN_INS),
    }
    return {name: rows.delete()[0] for name, rows in old.items()}
