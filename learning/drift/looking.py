"""One look at whether what arrives has drifted: a report at most once a day, and what the plan has done."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from threadpoolctl import threadpool_limits

from audit import trail
from audit.uuid7 import earliest
from learning import plans
from learning.drift import acting, comparing, reading
from learning.drift.verdict import Found
from learning.drift.words import TITLES
from learning.models import DriftReport, ModelVersion
from learning.registry import AUTHOR
from routing.certificates import outcomes
from routing.models import ItemType

EVERY = timedelta(days=1)
QUIET = timedelta(days=7)  # without drift, after which another is news: near the limit it comes and goes
FIRST = comparing.LEAST + comparing.WINDOWS[0]  # decisions of a model until it is looked at
NEW = comparing.WINDOWS[0] // 4  # decisions since the last look, under which another would see the same


def due(item_type: ItemType, *, now: datetime | None = None) -> bool:
    """Return whether to look at an item type now: at most once a day, where enough is new.

    A model is looked at first when it has made enough decisions. A new one is compared with its own first
    ones, and waits for as many of them.
    """
    model = reading.model_in_use(item_type)
    looks = DriftReport.objects.filter(item_type=item_type)
    # Two models that share the traffic take turns at being the one in use: a day holds for both.
    if not model or looks.filter(created_at__gt=(now or timezone.now()) - EVERY).exists():
        return False
    last = looks.filter(model=model).first()
    if last is None:
        return count(item_type, model, FIRST) == FIRST
    return count(item_type, model, NEW, since=last.created_at) == NEW


def count(item_type: ItemType, model: str, most: int, *, since: datetime | None = None) -> int:
    """Return how many decisions went by a model's answers, in all or since then; at most so many."""
    decided = outcomes.decisions(item_type, model).filter(confidence__isnull=False)
    if since:
        decided = decided.filter(pk__gt=earliest(since))
    return decided.order_by()[:most].count()


def look(item_type: ItemType, *, now: datetime | None = None) -> DriftReport | None:
    """Compare what arrives with what was there, keep a report, and do what the plan says; return the report.

    None where there is too little to compare, or where another process has just looked.
    """
    now = now or timezone.now()
    if not due(item_type, now=now):
        return None
    plan, model = plans.of(item_type), reading.model_in_use(item_type)
    version = reading.version_of(item_type, model)
    looked, weeks = reading.looked(item_type, model, now=now)
    with threadpool_limits(1, user_api="blas"):  # threads that wait for one another spin on a busy machine
        rows, learnt = reading.rows(plan, model, version)
        found = comparing.compare(rows, learnt, looked)
    if not found:
        return None
    report = DriftReport(
        item_type=item_type,
        model_version=version,
        model=model,
        created_at=now,
        window=max(one.now for one in found),
        found={"tests": [asdict(one) for one in found], "weeks": weeks, "learnt": learnt is not None},
        drifted=any(one.drifted for one in found),
        reasons=reasons(found),
    )
    return report if _store(report) else None


def reasons(found: list[Found]) -> list[str]:
    """Return what has moved in words, the surest first, each test once though two windows may tell it."""
    sure = sorted((one for one in found if one.drifted), key=lambda one: (one.adjusted, -one.window))
    said = {one.test: f"{TITLES[one.test]}: {one.said}" for one in reversed(sure)}
    return list(reversed(said.values()))


@transaction.atomic
def _store(report: DriftReport) -> bool:
    """Write the report and do what follows from it, unless another process was quicker."""
    item_type = ItemType.objects.select_for_update().get(pk=report.item_type_id)
    if not due(item_type, now=report.created_at):
        return False
    earlier = DriftReport.objects.filter(item_type=item_type, model=report.model)
    before = earlier.first()
    drifted = before is not None and before.drifted
    lately = earlier.filter(drifted=True, created_at__gt=report.created_at - QUIET).exists()
    report.save(force_insert=True)
    if report.drifted:
        report.acted = acting.act(report, begins=not (drifted or lately))
        report.save(update_fields=["acted"])
    if report.drifted != drifted:
        verb = "drift.found" if report.drifted else "drift.ended"
        told = {"model": report.model, "reasons": report.reasons, "acted": report.acted}
        trail.record(verb, report, by=AUTHOR, item_type=item_type.slug, **told)
    return True


def drifting() -> list[DriftReport]:
    """Return the newest report of each item type that drifts now, with its item type.

    One of a model that another has replaced says nothing any more.
    """
    newest = DriftReport.objects.order_by("item_type_id", "-id").distinct("item_type_id")
    rows = newest.select_related("item_type", "model_version")
    retired = ModelVersion.Status.RETIRED
    return [
        one
        for one in rows
        if one.drifted and (one.model_version is None or one.model_version.status != retired)
    ]
