"""Figures measured elsewhere and only told here: what learning saves and brings, how people agree."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from audit.models import AgreementReport
from hitl_project.goals.estimates import Estimate
from hitl_project.goals.measuring import FIGURES
from learning.models import Proof
from routing.models import Figure, ItemType

LIFT = "lift_per_quarter"  # takes both models and minutes: measured at night alone, and kept
AGREEMENT = {"agreement_ac1": "ac1", "agreement_alpha": "alpha"}
TOLD = (*AGREEMENT, "learning_acceleration", LIFT)
ALL = (*FIGURES, *TOLD)

Told = Mapping[int, Mapping[str, Estimate]]


def told(types: Collection[ItemType]) -> Told:
    """Return by item type's id the figures of TOLD that there are, the newest of each: three statements."""
    found: dict[int, dict[str, Estimate]] = {one.pk: {} for one in types}
    newest = Proof.objects.filter(item_type__in=types, saving__isnull=False).order_by("item_type_id", "-pk")
    for proof in newest.distinct("item_type_id"):
        count = proof.labels_chosen + proof.labels_random
        saving = Estimate(proof.saving, proof.low, proof.high, count)
        found[proof.item_type_id]["learning_acceleration"] = saving
    ids = {one.slug: one.pk for one in types}
    reports = AgreementReport.objects.filter(item_type__in=ids, period=AgreementReport.Period.WINDOW)
    reports = reports.order_by("item_type", "-until", "-pk")
    for report in reports.distinct("item_type"):
        for name, coefficient in AGREEMENT.items():
            if (one := report.figures.get(coefficient)) and one["value"] is not None:
                agreed = Estimate(one["value"], one["low"], one["high"], one["units"])
                found[ids[report.item_type]][name] = agreed
    lifts = Figure.objects.filter(metric=LIFT, item_type__in=types, whole=True, value__isnull=False)
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
