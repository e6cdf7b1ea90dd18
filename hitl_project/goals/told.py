"""Figures measured elsewhere and only told here: what learning saves and brings, how people agree."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from audit.models import AgreementReport
from hitl_project.goals.estimates import Estimate
from hitl_project.goals.measuring import FIGURES
from labeling.people import agreement_reports
from labeling.people.agreement import missing
from labeling.people.asked import AGREEMENT
from learning.models import Proof
from routing.models import Figure, ItemType

LIFT = "lift_per_quarter"  # takes both models and minutes: measured at night alone, and kept
ALPHA = "agreement_alpha"
TOLD = (AGREEMENT, ALPHA, "learning_acceleration", LIFT)
ALL = (*FIGURES, *TOLD)

# All but the first are measured each night; the comparison of both ways to choose as labels come.
FRESH = {
    "learning_acceleration": timedelta(days=90),
    AGREEMENT: timedelta(days=7),
    LIFT: timedelta(days=7),
}

Told = Mapping[int, Mapping[str, Estimate]]


def told(types: Collection[ItemType], *, now: datetime | None = None) -> Told:
    """Return by item type's id the figures of TOLD that there are, the newest of each: three statements.

    What was measured longer ago than FRESH is history and says nothing of today.

    How far people agree is told as the item type's own page tells it: by the figure it is judged by, and only
    where that rests on enough items.
    """
    now = now or timezone.now()
    found: dict[int, dict[str, Estimate]] = {one.pk: {} for one in types}
    newest = Proof.objects.filter(
        item_type__in=types, saving__isnull=False, created_at__gt=now - FRESH["learning_acceleration"]
    ).order_by("item_type_id", "-pk")
    for proof in newest.distinct("item_type_id"):
        count = proof.labels_chosen + proof.labels_random
        saving = Estimate(proof.saving, proof.low, proof.high, count)
        found[proof.item_type_id]["learning_acceleration"] = saving
    ids = {one.slug: one.pk for one in types}
    reports = AgreementReport.objects.filter(
        item_type__in=ids, period=AgreementReport.Period.WINDOW, until__gt=now - FRESH[AGREEMENT]
    )
    reports = reports.order_by("item_type", "-until", "-pk")
    for report in reports.distinct("item_type"):
        figures = agreement_reports.figures(report)
        for name, coefficient in ((AGREEMENT, report.headline), (ALPHA, "alpha")):
            one = figures.get(coefficient)
            if one and one.value is not None and not missing(coefficient, one):
                agreed = Estimate(one.value, one.low, one.high, one.units)
                found[ids[report.item_type]][name] = agreed
    lifts = Figure.objects.filter(
        metric=LIFT, item_type__in=types, whole=True, value__isnull=False, measured_at__gt=now - FRESH[LIFT]
    )
    for figure in lifts.order_by("item_type_id", "-week").distinct("item_type_id"):
        found[figure.item_type_id][LIFT] = Estimate(figure.value, figure.low, figure.high, figure.count)
    return found


def lift(item_type: ItemType, *, now: datetime) -> Estimate | None:
    """Return what the last quarter has brought, measured now; None without two models to compare."""
    from learning import history  # reads models: nothing for whoever only asks

    found = history.lift(item_type, now=now)
    if found is None:
        return None
    difference = found.found.difference
    return Estimate(difference.value, difference.low, difference.high, difference.n)
