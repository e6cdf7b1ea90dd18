"""How one item type learns, and what is due by its plan."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from labeling.models import Label
from learning import dataset
from learning.asking import pool, sent
from learning.models import DriftReport, LearningPlan, Run, SamplingRun, TrainingRun
from learning.runs import KILLED
from routing.models import Assignment, ItemType, Purpose

# How long the clock starts nothing after a run that ended so; people still may.
PAUSES = {Run.Status.FAILED: timedelta(minutes=15), Run.Status.CANCELLED: timedelta(hours=1)}


def of(item_type: ItemType) -> LearningPlan:
    """Return the item type's plan; one that nobody has made yet has the defaults and is not stored."""
    return LearningPlan.objects.filter(item_type=item_type).first() or LearningPlan(item_type=item_type)


def active() -> QuerySet[LearningPlan]:
    """Return the plans that the clock works by: what is learnt here, and what is only asked about."""
    learnable = Q(item_type__in=ItemType.objects.filter(dataset.LEARNABLE))
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
    why = _worth_training(plan, fresh) if fresh else None
    return None if why and _pauses(TrainingRun, plan.item_type) else why


def _worth_training(plan: LearningPlan, fresh: int) -> str | None:
    if fresh >= plan.retrain_after:
        return f"{fresh} new labels"
    if plan.drift_retrains and (report := unanswered_drift(plan.item_type, TrainingRun)):
        return _drift(report)
    if plan.retrain_days is None:
        return None
    last = _last_done(TrainingRun, plan.item_type)
    age = (timezone.now() - last.started_at).days if last else 0
    return f"the last training is {age} days old" if age >= plan.retrain_days else None


def sampling_due(plan: LearningPlan) -> str | None:
    """Return why people should be asked now.

    None while half a pick is open, and where nothing is left to ask about or to spend. Drift does not wait
    for open questions: they are about what arrived before.
    """
    waiting = open_questions(plan.item_type)
    report = unanswered_drift(plan.item_type, SamplingRun) if plan.drift_samples else None
    if waiting * 2 >= plan.batch_size and report is None:
        return None
    anything = pool.anything if dataset.learnable(plan.item_type) else pool.learns
    if left(plan) == 0 or not anything(plan.item_type) or _pauses(SamplingRun, plan.item_type):
        return None
    return _drift(report) if report else f"{waiting} of {plan.batch_size} questions are open"


def left(plan: LearningPlan) -> int | None:
    """Return how many questions the plan's budget still has, those that are open taken off; None: no end."""
    if plan.label_budget is None:
        return None
    return max(0, plan.label_budget - bought(plan.item_type) - open_questions(plan.item_type))


def bought(item_type: ItemType) -> int:
    """Return of how many items people have answered the sampler's questions."""
    answers = Label.objects.in_force().filter(item_type=item_type, source=Purpose.LEARN)
    return answers.values("item").distinct().count()


def unanswered_drift(item_type: ItemType, kind: type[Run]) -> DriftReport | None:
    """Return the newest report where it found drift and no run of `kind` has ended well since, or None."""
    report = DriftReport.objects.filter(item_type=item_type).first()
    if report is None or not report.drifted:
        return None
    last = _last_done(kind, item_type)
    return None if last and last.started_at >= report.created_at else report


def _drift(report: DriftReport) -> str:
    return f"drift: {report.reasons[0]}"[:100]


def _last_done(kind: type[Run], item_type: ItemType) -> Run | None:
    return kind.objects.filter(item_type=item_type, status=Run.Status.DONE).order_by("-pk").first()


def _pauses(kind: type[Run], item_type: ItemType) -> bool:
    """Return whether the last run of `kind` failed a moment ago, or was cancelled: that lasts.

    What failed mostly fails again. One kill says nothing about the work; two in a row may be its doing,
    such as too little memory.
    """
    last = kind.objects.filter(item_type=item_type).order_by("-pk").first()
    if last is None or last.status not in PAUSES:
        return False
    if last.error == KILLED and not killed_twice(kind).filter(pk=item_type.pk).exists():
        return False
    return last.finished_at > timezone.now() - PAUSES[last.status]


def killed_twice(kind: type[Run]) -> QuerySet[ItemType]:
    """Return the item types whose last two runs of `kind` ended with their worker killed."""
    errors = kind.objects.filter(item_type=OuterRef("pk")).order_by("-pk").values("error")
    return ItemType.objects.alias(last=Subquery(errors[:1]), before=Subquery(errors[1:2])).filter(
        last=KILLED, before=KILLED
    )


def open_questions(item_type: ItemType) -> int:
    """Return how many of the sampler's questions wait for an answer."""
    return Assignment.objects.open().filter(item_type=item_type, purpose=Purpose.LEARN).count()
