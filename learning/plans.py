"""How one item type learns, and what is due by its plan."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from labeling.models import Label
from learning import dataset
from learning.asking import pool, sent
from learning.models import LearningPlan, Run, SamplingRun, TrainingRun
from learning.runs import KILLED
from routing.models import Assignment, ItemType, Purpose

PAUSE_AFTER_FAILURE = timedelta(minutes=15)


def of(item_type: ItemType) -> LearningPlan:
    """Return the item type's plan; one that nobody has made yet has the defaults and is not stored."""
    return LearningPlan.objects.filter(item_type=item_type).first() or LearningPlan(item_type=item_type)


def active() -> QuerySet[LearningPlan]:
    """Return the plans that the clock works by: what is learnt here, and what is only asked about."""
    learnable = Q(item_type__kind="classification", item_type__multilabel=False)
    rows = LearningPlan.objects.filter(learnable | Q(strategy__in=sent.SOURCES), active=True)
    return rows.select_related("item_type__queue")


def new_labels(item_type: ItemType) -> int:
    """Return how many labels came since the newest one that the last completed training saw."""
    labels = Label.objects.in_force().filter(item_type=item_type, item__isnull=False)
    seen = (
        TrainingRun.objects.filter(item_type=item_type, status=TrainingRun.Status.DONE)
        .exclude(last_label=None)
        .order_by("-pk")
        .values_list("last_label", flat=True)
        .first()
    )
    # Label ids rise with time, so the index on them answers this.
    return labels.filter(pk__gt=seen).count() if seen else labels.count()


def training_due(plan: LearningPlan) -> str | None:
    """Return why a new model should be trained now, or None."""
    if not dataset.learnable(plan.item_type):
        return None
    fresh = new_labels(plan.item_type)
    if fresh < plan.retrain_after:
        return None
    return None if _pauses(TrainingRun, plan.item_type) else f"{fresh} new labels"


def sampling_due(plan: LearningPlan) -> str | None:
    """Return why people should be asked now, or None while half a pick is open or nothing is left."""
    waiting = open_questions(plan.item_type)
    anything = pool.anything if dataset.learnable(plan.item_type) else pool.learns
    if waiting * 2 >= plan.batch_size or not anything(plan.item_type):
        return None
    if _pauses(SamplingRun, plan.item_type):
        return None
    return f"{waiting} of {plan.batch_size} questions are open"


def _pauses(kind: type[Run], item_type: ItemType) -> bool:
    """Return whether the last run of `kind` failed a moment ago: what failed mostly fails again.

    One kill says nothing about the work; two in a row may be the work's doing, such as too little memory.
    """
    last = kind.objects.filter(item_type=item_type).order_by("-pk").first()
    if last is None or last.status != Run.Status.FAILED:
        return False
    if last.error == KILLED and not killed_twice(kind).filter(pk=item_type.pk).exists():
        return False
    return last.finished_at > timezone.now() - PAUSE_AFTER_FAILURE


def killed_twice(kind: type[Run]) -> QuerySet[ItemType]:
    """Return the item types whose last two runs of `kind` ended with their worker killed."""
    errors = kind.objects.filter(item_type=OuterRef("pk")).order_by("-pk").values("error")
    return ItemType.objects.alias(last=Subquery(errors[:1]), before=Subquery(errors[1:2])).filter(
        last=KILLED, before=KILLED
    )


def open_questions(item_type: ItemType) -> int:
    """Return how many of the sampler's questions wait for an answer."""
    return Assignment.objects.open().filter(item_type=item_type, purpose=Purpose.LEARN).count()
