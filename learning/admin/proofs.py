"""The admin's page on whether choosing what to label pays, what is asked next, and what ran last."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from learning import dataset, plans
from learning.models import Proof, SamplingRun, TrainingRun
from learning.proving import standing, words
from learning.proving.curves import REACH
from routing.admin import pages
from routing.models import Assignment, ItemType, Purpose

LATEST = 5  # proofs
RUNS = 3  # of each kind
MISSING = {
    "random": "{} more answered random pick{}",
    "chosen": "{} more answered chosen pick{}",
    "held-out": "{} more labelled item{} that are held out to judge models",
}


@pages.page("learning", "Does choosing pay", pages.LEARNING)
def learning_page(request: HttpRequest, admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show the curves of chosen and random labels, the saving, what is missing to tell, and what goes on."""
    plan = plans.of(item_type)
    proofs = list(Proof.objects.filter(item_type=item_type)[:LATEST])
    told = next((one for one in proofs if one.saving is not None), None)
    counts = standing.counts(item_type)
    share, fallen = standing.random_share(plan)
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Choosing what to label for {item_type}",
        "opts": admin.model._meta,
        "original": item_type,
        "plan": plan,
        "learnable": dataset.learnable(item_type),
        "by_chance": plan.strategy == standing.RANDOM,
        "counts": counts,
        "missing": _missing(counts.missing),
        "proof": told,
        "unclear": proofs[0] if proofs and proofs[0] != told else None,
        "said": words.sentence(told.saving, told.low, told.high) if told else "",
        "picture": words.picture(told.curves) if told else None,
        "reach": REACH,
        "proofs": proofs,
        "fallen": fallen,
        "random_share": share,
        "waiting": plans.open_questions(item_type),
        "next": _next(item_type),
        "sampling": SamplingRun.objects.filter(item_type=item_type)[:RUNS],
        "training": TrainingRun.objects.filter(item_type=item_type)[:RUNS],
    }
    return TemplateResponse(request, "admin/routing/itemtype/learning.html", context)


def _missing(lacking: dict[str, int]) -> list[str]:
    return [MISSING[name].format(f"{count:,}", "" if count == 1 else "s") for name, count in lacking.items()]


def _next(item_type: ItemType) -> dict[str, Any] | None:
    """Return the question that people are asked next, and why it is asked, where its run still says so."""
    seats = Assignment.objects.open().filter(item_type=item_type, purpose=Purpose.LEARN, user__isnull=True)
    seat = seats.select_related("item").order_by(F("priority").desc(), F("utility").desc(), "id").first()
    if seat is None:
        return None
    run = SamplingRun.objects.filter(item_type=item_type, started_at__lte=seat.created_at).first()
    why = next((one for one in run.suggestions if one["item_id"] == str(seat.item_id)), {}) if run else {}
    return {"seat": seat, "run": run, "why": why.get("reason", ""), "arm": why.get("arm", "")}
