"""Does the process live, and may it be given work: `/health` and `/ready`."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.models import OrmQ
from django_q.status import Stat

AT_WORK = {"Starting", "Idle", "Working"}
OK = "ok"
LEEWAY = timedelta(minutes=2)


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200: the process lives. Nobody else is asked, so it costs nothing however often it is called."""
    return JsonResponse({"status": OK})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 where database, migrations and worker are as they should be, else 503 with what is not."""
    checks: dict[str, str] = {}
    for name, check in (("database", _database), ("migrations", _migrations), ("worker", _worker)):
        try:
            checks[name] = check()
        except DatabaseError as error:
            checks[name] = str(error).splitlines()[0]
        if checks[name] != OK:
            # What follows stands on this, and would fail for the same reason.
            return JsonResponse({"status": "not ready", "checks": checks}, status=503)
    return JsonResponse({"status": "ready", "checks": checks})


def worker_seen_at() -> datetime | None:
    """Return when a worker last gave a sign of life; None where none did for three seconds."""
    return max((stat.timestamp for stat in Stat.get_all() if str(stat.status) in AT_WORK), default=None)


def stuck_since() -> datetime | None:
    """Return since when a task has waited that nobody takes, where that is longer than any task may last.

    A worker's idle child holds the lock of its queue. Where that child is killed nobody ever gets the lock:
    the worker gives signs of life and takes nothing more, until it is started anew.
    """
    limit = timezone.now() - timedelta(seconds=settings.Q_CLUSTER["timeout"]) - LEEWAY
    return OrmQ.objects.filter(lock__lt=limit).aggregate(first=Min("lock"))["first"]


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not waiting:
        return OK
    names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in waiting[:5])
    return f"{len(waiting)} to apply ({names}): run manage.py migrate"


def _worker() -> str:
    return OK if worker_seen_at() else "no sign of life: run manage.py qcluster"
