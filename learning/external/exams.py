"""Models that are trained elsewhere: registered by name, and asked about held-out items before they count."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from audit import trail
from audit.trail import Actor
from labeling.models import Label
from learning import dataset, registry
from learning.models import ModelVersion, Trainer, TrainingRun, TrialAnswer
from learning.registry import State
from routing.errors import HitlError, InvalidInput, Problem
from routing.models import Item, ItemType

ELSEWHERE = "elsewhere"  # the encoder of a model that we have no file of
# A champion and what may become one go on answering, so that later models can be compared with them.
OPEN = (State.EXAM, State.SHADOW, State.CHALLENGER, State.CHAMPION)
LEFT = timedelta(days=1)  # after which somebody should ask why an exam isn't finished
SHOWN = 5  # of these
SLACK = 0.01  # probabilities that were rounded may miss a sum of 1 by this


class NameTaken(HitlError):
    """A model of this name is registered already: give each version a name of its own."""

    code = "name_taken"
    status = 409


class NoExam(HitlError):
    """This model has no exam: it was trained here, or was refused or retired."""

    code = "no_exam"
    status = 409


@dataclass(frozen=True)
class Claim:
    """What an external trainer says of its model; nothing is decided by it."""

    name: str
    learner: str
    labels_used: int
    dataset_sha256: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    notes: str = ""


@dataclass(frozen=True)
class Answer:
    """What the model says of one item; no label: it could not read it."""

    item: UUID
    label: str | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict)


@transaction.atomic
def register(item_type: ItemType, claim: Claim, *, by: Actor) -> ModelVersion:
    """Store the model as one whose exam is open and return it; from now on its name counts only by promotion.

    Raises Unlearnable, NameTaken, and InvalidInput where no training run has the data set.
    """
    dataset.check(item_type)
    number = registry.next_number(item_type)
    # Names of our own models are told by their form.
    ours = re.fullmatch(rf"{re.escape(item_type.slug)}@\d+", claim.name)
    if ours or ModelVersion.objects.filter(item_type=item_type, external_name=claim.name).exists():
        raise NameTaken(attr="name")
    version = ModelVersion.objects.create(
        item_type=item_type,
        number=number,
        status=State.EXAM,
        trainer=Trainer.EXTERNAL,
        external_name=claim.name,
        parent=registry.champion(item_type),
        run=_run(item_type, claim.dataset_sha256),
        learner=claim.learner,
        encoder=ELSEWHERE,
        labels_used=claim.labels_used,
        claimed=dict(claim.metrics),
        notes=claim.notes,
    )
    trail.record(
        "model.registered",
        version,
        by=by,
        item_type=item_type.slug,
        learner=claim.learner,
        labels_used=claim.labels_used,
        dataset_sha256=claim.dataset_sha256,
        claimed=version.claimed,
    )
    _judge_when_complete(version)
    return version


def _run(item_type: ItemType, dataset_sha256: str) -> TrainingRun | None:
    """Return the newest training run of this data set that has no model yet; several models may share one."""
    if not dataset_sha256:
        return None
    runs = TrainingRun.objects.filter(item_type=item_type, dataset_sha256=dataset_sha256)
    if not runs.exists():
        raise InvalidInput.single("No training run has had this data set.", attr="dataset_sha256")
    return runs.filter(model_version__isnull=True).order_by("-pk").first()


def questions(version: ModelVersion) -> QuerySet[Item]:
    """Return the labelled items that are kept back and that the model has not answered; raises NoExam."""
    if version.trainer != Trainer.EXTERNAL or version.status not in OPEN:
        raise NoExam
    return _held_out(version).exclude(pk__in=version.trial_answers.values("item"))


def _held_out(version: ModelVersion) -> QuerySet[Item]:
    """Return all labelled items that are kept back: some of them judge, and nobody is told which."""
    item_type = version.item_type
    kept = Label.objects.filter(Q(reserved=True) | Q(item__held_out=True), item_type=item_type)
    known = kept.filter(label__in=dataset.classes(item_type), pk__in=dataset.latest(item_type).values("pk"))
    return Item.objects.filter(pk__in=known.values("item"))


@transaction.atomic
def answer(version: ModelVersion, answers: Sequence[Answer]) -> int:
    """Store what the model says and return how many questions are left; an answer given stays as it is.

    The last one has the model judged. Raises NoExam, and InvalidInput with everything that is wrong.
    """
    version = (
        ModelVersion.objects.select_related("item_type").select_for_update(of=("self",)).get(pk=version.pk)
    )
    asked = questions(version)
    known = set(_held_out(version).filter(pk__in=[one.item for one in answers]).values_list("pk", flat=True))
    classes = dataset.classes(version.item_type)
    problems = [p for at, one in enumerate(answers) if (p := _problem(one, at, known, classes))]
    if problems:
        raise InvalidInput(problems)
    rows = [
        TrialAnswer(
            model_version=version,
            item_id=one.item,
            label=one.label,
            confidence=one.probabilities[one.label] if one.label else None,
            probabilities=dict(one.probabilities) if one.label else None,
        )
        for one in answers
    ]
    TrialAnswer.objects.bulk_create(rows, ignore_conflicts=True)
    _judge_when_complete(version)
    return asked.count()


def _problem(one: Answer, at: int, known: set[UUID], classes: Sequence[str]) -> Problem | None:
    """Return what is wrong with an answer, or None."""
    where = f"answers.{at}"
    if one.item not in known:
        return Problem(f"{where}.item", "unknown", "This item is no question of the exam.")
    if one.label is None:
        return None
    for name in one.probabilities:
        if name not in classes:
            return Problem(f"{where}.probabilities", "unknown_label", f"There is no label {name[:100]!r}.")
    if abs(sum(one.probabilities.values()) - 1) > SLACK:
        return Problem(f"{where}.probabilities", "invalid", "The probabilities must sum to 1.")
    if one.probabilities.get(one.label) != max(one.probabilities.values()):
        return Problem(f"{where}.label", "invalid", "The label must be the most probable one.")
    return None


def _judge_when_complete(version: ModelVersion) -> bool:
    if version.status != State.EXAM or questions(version).exists():
        return False
    async_task("learning.tasks.judge_exam", version.pk)
    return True


def judge_complete() -> int:
    """Have the models judged that have no question left, and return how many.

    The last question may have gone without an answer: its label was withdrawn, its item erased. Or the task
    that should have judged was lost. Judging twice does no harm.
    """
    sitting = ModelVersion.objects.select_related("item_type").filter(status=State.EXAM)
    return sum(map(_judge_when_complete, sitting))


def left() -> list[tuple[ModelVersion, int]]:
    """Return the newest models whose exam is open for over a day, with how many questions are left."""
    sitting = ModelVersion.objects.select_related("item_type").filter(
        status=State.EXAM, created_at__lte=timezone.now() - LEFT
    )
    return [(version, questions(version).count()) for version in sitting.order_by("-pk")[:SHOWN]]
