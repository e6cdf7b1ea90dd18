"""What the clock does for the server itself: throw away what nobody reads any more."""

from datetime import timedelta

from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_q.models import Failure, Success

SCHEDULES = [("sweep", "hitl_project.tasks.sweep", "40 3 * * *")]
KEEP_DONE = timedelta(days=2)
KEEP_FAILED = timedelta(days=30)
KEEP_SIGN_INS = timedelta(days=90)


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
