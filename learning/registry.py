"""The models that there are: add, load, promote (an earlier one: that is a roll-back), retire, note."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from audit import trail
from audit.trail import Actor, actor_name
from learning import files, moves
from learning.files import ModelUnusable
from learning.models import LearningPlan, ModelVersion, Trainer, TrainingRun
from learning.moves import AUTHOR, NotPromotable, State
from routing.models import ItemType

if TYPE_CHECKING:
    from learning.learners.artifacts import Model

PROMOTABLE = (State.SHADOW, State.CHALLENGER, State.REFUSED, State.RETIRED)
LOOKED = 600  # seconds

_usable_until: dict[int, float] = {}  # by a model's id


def add(
    item_type: ItemType,
    artifact: bytes,
    *,
    learner: str,
    encoder: str,
    labels_used: int,
    status: str = State.CHALLENGER,
    verdict: dict[str, Any] | None = None,
    report: dict[str, Any] | None = None,
    parent: ModelVersion | None = None,
    run: TrainingRun | None = None,
) -> ModelVersion:
    """Store a model's file and then its row, numbered after the last; call it inside a transaction.

    The file carries its hash in its name and is written first: if the row never comes, a file that nobody
    names is left, and does no harm.
    """
    name, sha256 = files.write(item_type.slug, artifact)
    version = ModelVersion(
        item_type=item_type,
        number=next_number(item_type),
        status=status,
        parent=parent,
        run=run,
        learner=learner,
        encoder=encoder,
        labels_used=labels_used,
        artifact=name,
        sha256=sha256,
        verdict=verdict or {},
        report=report or {},
    )
    version.save(force_insert=True)
    _record_arrival(version)
    return version


def next_number(item_type: ItemType) -> int:
    """Return the number of the item type's next model; its lock gives two who add at once two numbers."""
    ItemType.objects.select_for_update().get(pk=item_type.pk)
    last = ModelVersion.objects.filter(item_type=item_type).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _record_arrival(version: ModelVersion) -> None:
    trail.record(
        "model.added",
        version,
        by=AUTHOR,
        item_type=version.item_type.slug,
        model=str(version),
        status=version.status,
        learner=version.learner,
        encoder=version.encoder,
        labels_used=version.labels_used,
        sha256=version.sha256,
        reasons=version.verdict.get("reasons", []),
    )


def load(version: ModelVersion) -> Model:
    """Return the model, its file checked against the hash in its row; raises ModelUnusable."""
    from learning.learners import artifacts

    if version.trainer == Trainer.EXTERNAL:
        raise ModelUnusable(f"{version} is of an external trainer: it predicts elsewhere.")
    data = files.read(version.artifact, version.sha256, of=str(version))
    try:
        return artifacts.load(data)
    except artifacts.ArtifactError as error:
        raise ModelUnusable(f"The file of {version} can't be used: {error}") from error


def usable(version: ModelVersion) -> bool:
    """Return whether the model could answer now: one of an external trainer needs no file here."""
    if version.trainer == Trainer.EXTERNAL:
        return True
    try:
        load(version)
    except ModelUnusable:
        return False
    return True


def usable_lately(version: ModelVersion) -> bool:
    """Return whether the model could answer now, or could when this process looked within LOOKED seconds.

    For pages about all models: to look is to read the whole file. What can't be used is looked at each time,
    so that nobody reads of it once it is put right.
    """
    if monotonic() < _usable_until.get(version.pk, 0.0):
        return True
    found = usable(version)
    if found:
        _usable_until[version.pk] = monotonic() + LOOKED
    return found


def champion(item_type: ItemType) -> ModelVersion | None:
    """Return the model in force, or None; its `ml_backend_url` is that of the item type's plan, if any."""
    rows = ModelVersion.objects.filter(item_type=item_type, status=State.CHAMPION)
    # Read with each prediction: one narrow row, without the wide one of the item type that is known.
    found = rows.annotate(ml_backend_url=F("item_type__learning_plan__ml_backend_url")).first()
    if found:
        found.item_type = item_type
    return found


def settled_champion(item_type: ItemType) -> ModelVersion | None:
    """Return the model in force, or None, and hold off promotions until the caller's transaction ends."""
    ItemType.objects.select_for_update().get(pk=item_type.pk)
    return champion(item_type)


def in_shadow(item_type: ItemType) -> QuerySet[ModelVersion]:
    """Return the models that answer unseen: earlier champions first, then the one that may come next."""
    rows = ModelVersion.objects.select_related("item_type").filter(item_type=item_type, status=State.SHADOW)
    return rows.order_by("promoted_at", "number")  # PostgreSQL puts those without a time last


@transaction.atomic
def promote(
    version: ModelVersion, *, reason: str, by: Actor, evidence: dict[str, Any] | None = None
) -> ModelVersion:
    """Make this model the champion in place of the one before, and have waiting items judged; return it.

    The one before is watched on in the shadow where the plan rolls back by itself, else retired. A model that
    was champion before returns for good: the one that it replaces is marked as rolled back and stays out
    until a person promotes it, so that two models never take turns. Trials against the model before end.

    The model's file is loaded first: what can't be used never takes over. Raises ModelUnusable, and
    NotPromotable where somebody else changed it meanwhile. Promoting the champion again changes nothing.
    """
    version = _locked(version)
    if version.status == State.CHAMPION:
        return version
    if version.status not in PROMOTABLE:
        raise NotPromotable(f"{version} is {version.status}.")
    if version.trainer == Trainer.SERVER:
        load(version)
    before = champion(version.item_type)
    returns = before is not None and version.promoted_at is not None
    _end_trials(version, by=by)
    if before:
        _make_way(before, version, reason=reason, by=by)
    was = _put_in_force(version, by=by)
    trail.record(
        "model.rolled_back" if returns else "model.promoted",
        version,
        by=by,
        item_type=version.item_type.slug,
        before=str(before) if before else None,
        after=str(version),
        was=was,
        reason=reason,
        evidence=evidence or {},
    )
    # A row in the worker's queue, written on this connection: it is there exactly if the promotion is.
    async_task("routing.tasks.judge_pending")
    return version


def _locked(version: ModelVersion) -> ModelVersion:
    """Return the model as it is now, its item type locked until the caller's transaction ends."""
    # One promotion of an item type at a time; the constraint keeps the rule if anybody goes round this lock.
    ItemType.objects.select_for_update().get(pk=version.item_type_id)
    return ModelVersion.objects.select_related("item_type").get(pk=version.pk)


def _end_trials(version: ModelVersion, *, by: Actor) -> None:
    for other in in_shadow(version.item_type).exclude(pk=version.pk):
        to = State.RETIRED if other.promoted_at else State.CHALLENGER
        moves.end_shadow(other, to, reason=f"{version} takes over", by=by)


def _put_in_force(version: ModelVersion, *, by: Actor) -> str:
    """Make it the champion and return what it was."""
    report = {name: value for name, value in version.report.items() if name != "rolled_back"}
    was, by, now = version.status, actor_name(by), timezone.now()
    moves.move(version, State.CHAMPION, promoted_at=now, promoted_by=by, retired_at=None, report=report)
    return was


def _make_way(before: ModelVersion, version: ModelVersion, *, reason: str, by: Actor) -> None:
    """Take the champion out of force: into the shadow of its successor, or retired."""
    now = timezone.now()
    if version.promoted_at is not None:
        rolled_back = {"for": str(version), "by": actor_name(by), "reason": reason}
        moves.move(before, State.RETIRED, retired_at=now, report=before.report | {"rolled_back": rolled_back})
    elif _rolls_back(version.item_type) and usable(before):
        moves.move(before, State.SHADOW, shadow_since=now)
    else:
        moves.move(before, State.RETIRED, retired_at=now)


def _rolls_back(item_type: ItemType) -> bool:
    # Who has made no plan has its defaults, of which this is one.
    return not LearningPlan.objects.filter(item_type=item_type, auto_roll_back=False).exists()


@transaction.atomic
def retire(version: ModelVersion, *, reason: str, by: Actor) -> ModelVersion:
    """Take this model out of use and return it. Without a champion new items wait for one or for people."""
    version = _locked(version)
    if version.status == State.RETIRED:
        return version
    was = version.status
    moves.move(version, State.RETIRED, retired_at=timezone.now())
    moves.record(version, "model.retired", reason, by, was=was)
    return version


@transaction.atomic
def note(version: ModelVersion, notes: str, *, by: Actor) -> None:
    """Keep what people should know of this model: what it is for, and what not."""
    before = ModelVersion.objects.select_for_update().get(pk=version.pk).notes
    if notes == before:
        return
    ModelVersion.objects.filter(pk=version.pk).update(notes=notes)
    slug = version.item_type.slug
    trail.record("model.noted", version, by=by, item_type=slug, before=before, after=notes)
