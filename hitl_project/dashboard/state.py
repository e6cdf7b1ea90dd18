"""What stands at this moment: models, the worker, the book."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Prefetch

from audit import checking
from audit.models import Checkpoint
from hitl_project import workers
from learning.models import DriftReport, Evaluation, ModelVersion
from routing.models import ItemType

SHOWN = 6
# A count up to the last minute's events, each other part one look into an index.
TRAIL = """
SELECT event.verb, event.at, seal.number AS seal, seal.at AS sealed_at,
    (SELECT count(*) FROM audit_auditevent WHERE id > coalesce(seal.last_id, 0)) AS unsealed
FROM (VALUES (1)) one
LEFT JOIN LATERAL (SELECT verb, at FROM audit_auditevent ORDER BY id DESC LIMIT 1) event ON true
LEFT JOIN LATERAL (SELECT number, at, last_id FROM audit_seal ORDER BY number DESC LIMIT 1) seal ON true
"""


def models(types: list[ItemType]) -> dict[str, Any]:
    """Return the newest models of these item types: two statements."""
    accuracy = Evaluation.objects.filter(metric="accuracy", slice="all")
    newest = ModelVersion.objects.filter(item_type__in=types).select_related("item_type")
    newest = newest.prefetch_related(Prefetch("evaluations", queryset=accuracy, to_attr="overall"))
    return {"models": newest.order_by("-created_at")[:SHOWN]}


def running(types: list[ItemType]) -> dict[str, Any]:
    """Return whether worker, models and what arrives are as they should be: two statements or a few more."""
    champions = ModelVersion.objects.filter(item_type__in=types, status="champion")
    reports = DriftReport.objects.filter(item_type__in=types).order_by("item_type_id", "-created_at", "-pk")
    looked = list(reports.distinct("item_type_id").select_related("item_type"))
    return {
        "trouble": workers.told(),
        "champions": champions.values("item_type").distinct().count(),
        "types": len(types),
        "drifted": [one.item_type for one in looked if one.drifted],
        "looked": max((one.created_at for one in looked), default=None),
    }


def book() -> dict[str, Any]:
    """Return the last event, seal and checkpoint, how many events none covers, and how the checks stand."""
    with connection.cursor() as cursor:
        cursor.execute(TRAIL)
        names = [column.name for column in cursor.description]
        trail: dict[str, datetime | int | str | None] = dict(zip(names, cursor.fetchone(), strict=True))
    signed = Checkpoint.objects.order_by("-seal").first()
    return {"trail": trail, "checkpoint": signed, "checked": checking.state()}
