"""The models that there are: add, load, promote (an earlier one: that is a roll-back), retire."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django_q.tasks import async_task

from audit import trail
from audit.trail import Actor, actor_name
from learning.models import ModelVersion, TrainingRun
from routing.errors import HitlError
from routing.models import ItemType

if TYPE_CHECKING:
    from learning.learners.artifacts import Model

State = ModelVersion.Status
AUTHOR = "system:learning"
PROMOTABLE = (State.CHALLENGER, State.REFUSED, State.RETIRED)


class ModelUnusable(HitlError):
    """The model's file is missing or is not what was stored."""

    code = "model_unusable"
    status = 409


class NotPromotable(HitlError):
    """This model can't be promoted as it stands."""

    code = "not_promotable"
    status = 409


def add(
    item_type: ItemType,
    artifact: bytes,
    *,
    learner: str,
    encoder: str,
    labels_used: int,
    status: str = State.CHALLENGER,
    verdict: dict[str, Any] | None = None,
    parent: ModelVersion | None = None,
    run: TrainingRun | None = None,
) -> ModelVersion:
    """Store a model's file and then its row, numbered after the last; call it inside a transaction.

    The file carries its hash in its name and is written first: if the row never comes, a file that nobody
    names is left, and does no harm.
    """
    sha256 = hashlib.sha256(artifact).hexdigest()
    # The lock gives two who add at once two numbers.
    ItemType.objects.select_for_update().get(pk=item_type.pk)
    last = ModelVersion.objects.filter(item_type=item_type).aggregate(last=Max("number"))["last"]
    version = ModelVersion(
        item_type=item_type,
        number=(last or 0) + 1,
        status=status,
        parent=parent,
        run=run,
        learner=learner,
        encoder=encoder,
        labels_used=labels_used,
        artifact=_write(item_type, artifact, sha256),
        sha256=sha256,
        verdict=verdict or {},
    )
    version.save(force_insert=True)
    _record_arrival(version)
    return version


def _record_arrival(version: ModelVersion) -> None:
    trail.record(
        "model.added",
        version,
        by=AUTHOR,
        item_type=version.item_type.slug,
        status=version.status,
        learner=version.learner,
        encoder=version.encoder,
        labels_used=version.labels_used,
        sha256=version.sha256,
        reasons=version.verdict.get("reasons", []),
    )


def _write(item_type: ItemType, artifact: bytes, sha256: str) -> str:
    """Store the bytes under a name that says which they are, unless they are there; return the name."""
    name = f"{item_type.slug}/{sha256}.safetensors"
    storage = _storage()
    if storage.exists(name):
        with storage.open(name, "rb") as stored:
            if hashlib.sha256(stored.read()).hexdigest() == sha256:
                return name
        storage.delete(name)  # a write that was cut off
    return storage.save(name, ContentFile(artifact))


def load(version: ModelVersion) -> Model:
    """Return the model, its file checked against the hash in its row; raises ModelUnusable."""
    from learning.learners import artifacts

    try:
        with _storage().open(version.artifact, "rb") as stored:
            data = stored.read()
    except OSError as error:
        raise ModelUnusable(f"The file of {version} can't be read: {error.strerror}.") from error
    if hashlib.sha256(data).hexdigest() != version.sha256:
        raise ModelUnusable(f"The file of {version} is not the one that was stored: its hash differs.")
    try:
        return artifacts.load(data)
    except artifacts.ArtifactError as error:
        raise ModelUnusable(f"The file of {version} can't be used: {error}") from error


def champion(item_type: ItemType) -> ModelVersion | None:
    """Return the model in force, or None."""
    return (
        ModelVersion.objects.select_related("item_type")
        .filter(item_type=item_type, status=State.CHAMPION)
        .first()
    )


def settled_champion(item_type: ItemType) -> ModelVersion | None:
    """Return the model in force, or None, and hold off promotions until the caller's transaction ends."""
    ItemType.objects.select_for_update().get(pk=item_type.pk)
    return champion(item_type)


@transaction.atomic
def promote(version: ModelVersion, *, reason: str, by: Actor) -> ModelVersion:
    """Make this model the champion, retire the one before, and have waiting items judged; return the model.

    The model's file is loaded first: what can't be used never takes over. Raises ModelUnusable, and
    NotPromotable where somebody else changed it meanwhile. Promoting the champion again changes nothing.
    """
    # One promotion of an item type at a time; the constraint keeps the rule if anybody goes round this lock.
    ItemType.objects.select_for_update().get(pk=version.item_type_id)
    version = ModelVersion.objects.select_related("item_type").get(pk=version.pk)
    if version.status == State.CHAMPION:
        return version
    if version.status not in PROMOTABLE:
        raise NotPromotable(f"{version} is {version.status}.")
    load(version)
    now = timezone.now()
    before = champion(version.item_type)
    if before:
        _move(before, State.RETIRED, retired_at=now)
    was = version.status
    _move(version, State.CHAMPION, promoted_at=now, promoted_by=actor_name(by), retired_at=None)
    trail.record(
        "model.promoted",
        version,
        by=by,
        item_type=version.item_type.slug,
        before=str(before) if before else None,
        after=str(version),
        was=was,
        reason=reason,
    )
    # A row in the worker's queue, written on this connection: it is there exactly if the promotion is.
    async_task("routing.tasks.judge_pending")
    return version


@transaction.atomic
def retire(version: ModelVersion, *, reason: str, by: Actor) -> ModelVersion:
    """Take this model out of use and return it. Without a champion new items wait for one or for people."""
    ItemType.objects.select_for_update().get(pk=version.item_type_id)
    version = ModelVersion.objects.select_related("item_type").get(pk=version.pk)
    if version.status == State.RETIRED:
        return version
    was = version.status
    _move(version, State.RETIRED, retired_at=timezone.now())
    trail.record("model.retired", version, by=by, item_type=version.item_type.slug, was=was, reason=reason)
    return version


def _move(version: ModelVersion, status: str, **changes: Any) -> None:
    mine = ModelVersion.objects.filter(pk=version.pk, status=version.status)
    if not mine.update(status=status, **changes):
        raise NotPromotable(f"{version} has changed since it was read.")
    version.status = status
    for name, value in changes.items():
        setattr(version, name, value)


def _storage() -> Storage:
    return storages["models"]
