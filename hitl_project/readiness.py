"""The checks of `/ready`: each returns "ok" or what is wrong and what to do, within a millisecond or two."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from audit.models import AuditEvent, Seal
from hitl_project import workers

OK = "ok"
SEALED_WITHIN = timedelta(minutes=10)
MEGABYTE = 1024 * 1024

_applied: tuple[int, int] | None = None  # the table of migrations as it was when nothing was left to apply


def serving() -> str:
    """Say whether this process takes requests: not while it is being stopped (HITL_DRAIN_FILE)."""
    file = settings.HITL_DRAIN_FILE
    return "no: this process is being stopped" if file and file.exists() else OK


def database() -> str:
    """Return whether the database answers; raises DatabaseError where it doesn't."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def migrations() -> str:
    """Return whether every migration of this version is applied.

    To read them all from the disk takes 50 ms, so that is done again only once the table has changed.
    """
    global _applied
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        stamp = None
        if cursor.fetchone()[0]:
            cursor.execute("SELECT count(*), coalesce(max(id), 0) FROM django_migrations")
            stamp = cursor.fetchone()
    if stamp is not None and stamp == _applied:
        return OK
    executor = MigrationExecutor(connection)
    left = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not left:
        _applied = stamp
        return OK
    names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in left[:5])
    return f"{len(left)} to apply ({names}): run manage.py migrate"


def cache() -> str:
    """Return whether the table is there that throttles and workers' signs of life are kept in."""
    return OK if workers.cache_table() else workers.BOOTSTRAP


def worker() -> str:
    """Return whether a worker gives signs of life and takes what waits."""
    if not workers.seen_at():
        return "no sign of life: run manage.py qcluster"
    since = workers.stuck_since()
    return f"a task has waited since {since:%Y-%m-%d %H:%M} UTC: start the worker anew" if since else OK


def trail() -> str:
    """Return whether what was done is sealed within minutes, as the worker does."""
    sealed = Seal.objects.order_by("-number").values_list("last_id", flat=True).first() or 0
    first = AuditEvent.objects.filter(id__gt=sealed).order_by("id").values_list("at", flat=True).first()
    if first is None or first > timezone.now() - SEALED_WITHIN:
        return OK
    return f"nothing is sealed since {first:%Y-%m-%d %H:%M} UTC: does the worker run?"


def disk() -> str:
    """Return whether there is room where models, imports, bundles and anchors are written."""
    least = settings.HITL_DISK_FREE_MEGABYTES * MEGABYTE
    for name, folder in folders():
        free = shutil.disk_usage(existing(folder)).free
        if free < least:
            return f"{free // MEGABYTE} MB left for {name}: make room, or set HITL_DISK_FREE_MEGABYTES"
    return OK


def folders() -> list[tuple[str, Path]]:
    """Return the folders on this machine that the server writes to, by name; storage elsewhere has none."""
    stores = [(name, getattr(storages[name], "location", None)) for name in ("models", "bundles")]
    anchors = settings.HITL_ANCHOR_FILE.parent if settings.HITL_ANCHOR_FILE else None
    found = [*stores, ("imports", settings.HITL_IMPORT_PATH), ("anchors", anchors)]
    return [(name, Path(at)) for name, at in found if at]


def existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above that exists: it is made when first written to."""
    return next(one for one in (folder, *folder.parents) if one.exists())
