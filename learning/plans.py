"""How one item type learns, and what is due by its plan."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from labeling.models import Label
from learning import dataset
from learning.asking import pool, sent, stretches
from learning.models import DriftReport, LearningPlan, Run, SamplingRun, TrainingRun
from learning.runs import KILLED, OUT_OF_TIME
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

    None while `most_open` questions are, and where nothing is left to ask about or to spend.
    """
    waiting = open_questions(plan.item_type)
    report = unanswered_drift(plan.item_type, SamplingRun) if plan.drift_samples else None
    if waiting >= most_open(plan, drift=report is not None):
        return None
    anything = pool.anything if dataset.learnable(plan.item_type) else pool.learns
    if left(plan) == 0 or not anything(plan.item_type) or _pauses(SamplingRun, plan.item_type):
        return None
    return _drift(report) if report else f"{waiting} of {plan.batch_size} questions are open"


def most_open(plan: LearningPlan, *, drift: bool) -> float:
    """Return how many open questions there may be until others wait: half a pick.

    Drift does not wait for these, which are about what arrived before, but for what an earlier look at it has
    had asked: while it lasts there is another look each day.
    """
    return plan.batch_size * (1.5 if drift else 0.5)


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

    What failed mostly fails again. One kill says nothing about the work; after another failure it may be its
    doing, such as too little memory. A pick that ran out of time gets further each time.
    """
    last = kind.objects.filter(item_type=item_type).order_by("-pk").first()
    if last is None or last.status not in PAUSES:
        return False
    if last.error == KILLED and not failing(kind).filter(pk=item_type.pk).exists():
        return False
    if kind is SamplingRun and last.error == OUT_OF_TIME and stretches.advanced(last):
        return False
    return last.finished_at > timezone.now() - PAUSES[last.status]


def failing(kind: type[Run]) -> QuerySet[ItemType]:
    """Return the item types whose last two runs of `kind` failed, each with the `error` of the last one."""
    runs = kind.objects.filter(item_type=OuterRef("pk")).order_by("-pk")
    states = runs.values("status")
    failed = ItemType.objects.alias(last=Subquery(states[:1]), before=Subquery(states[1:2])).filter(
        last=Run.Status.FAILED, before=Run.Status.FAILED
    )
    return failed.annotate(error=Subquery(runs.values("error")[:1]))


def open_questions(item_type: ItemType) -> int:
    """Return how many of the sampler's questions wait for an answer."""
    return Assignment.objects.open().filter(item_type=item_type, purpose=Purpose.LEARN).count()
