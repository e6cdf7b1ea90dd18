"""After drift: people are asked about what the model has just decided alone, where nothing else is new."""

from __future__ import annotations

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from labeling.models import Label
from learning import dataset, plans, runs
from learning.asking import batch, pool
from learning.asking.choosing import Pick
from learning.models import DriftReport, LearningPlan, SamplingRun
from routing.certificates import outcomes
from routing.judging import ROUTER
from routing.models import Assignment, Item, Status

STRATEGY = "drift"
ARM = "drift"


def allowed(plan: LearningPlan) -> int:
    """Return how many questions a pick may ask: a batch or the rest of the budget; 0 while many are open."""
    if plans.open_questions(plan.item_type) >= plans.most_open(plan, drift=True):
        return 0
    left = plans.left(plan)
    return plan.batch_size if left is None else min(plan.batch_size, left)


def ask(report: DriftReport) -> SamplingRun | None:
    """Ask about a uniform sample of the newest automated items, up to a batch; return the ended run.

    None where items wait to be labelled that have arrived as lately (the sampler picks from these), where
    there is nothing to ask about or to spend, and where a run is at work. Held-out items are left to the
    checks: asked about beyond these they would be no fair sample any more.
    """
    item_type, plan = report.item_type, plans.of(report.item_type)
    newest = max(report.window, plan.batch_size)
    most = allowed(plan)
    if not most or (dataset.learnable(item_type) and pool.learnable(item_type, newest).exists()):
        return None
    trigger = f"drift: {report.reasons[0]}"
    with runs.recorded(SamplingRun, item_type, trigger=trigger, strategy=STRATEGY) as run:
        if run is None:
            return None
        items = list(_automated(report, newest))
        drawn = np.random.default_rng(run.pk).permutation(len(items))[:most]
        why = f"one of {len(items)} that were automated while what arrives drifted"
        chance = len(drawn) / len(items) if items else 1.0
        picks = [Pick(items[place], ARM, 0.5, why, inclusion=chance) for place in sorted(drawn)]
        with transaction.atomic():
            batch.ask(item_type, picks, run)
            runs.finish(
                run,
                f"{len(picks)} of {len(items)} that were automated lately",
                pool_size=len(items),
                picked=len(picks),
                suggestions=[batch.suggestion(index, pick) for index, pick in enumerate(picks)],
            )
    return run


def _automated(report: DriftReport, newest: int) -> QuerySet[Item]:
    """Return what was automated of the model's newest decisions and nobody has looked at or is to."""
    latest = outcomes.decisions(report.item_type, report.model).order_by("-pk").values("pk")[:newest]
    labels = Label.objects.in_force().filter(item=OuterRef("pk"))
    seats = Assignment.objects.open().filter(item=OuterRef("pk"))
    return Item.objects.filter(
        ~Exists(labels),
        ~Exists(seats),
        pk__in=latest,
        status=Status.APPROVED,
        decided_by=ROUTER,
        held_out=False,
        erased_at__isnull=True,
    ).order_by("pk")
