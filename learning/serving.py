"""The champion of this process: what the server itself says about items that come without a prediction.

Only numpy is needed here: a web process that predicts loads neither torch nor sklearn, unless the champion
reads texts by a sentence model.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DatabaseError
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django_q.tasks import async_task

from learning import reading, registry
from learning.encoders import SENTENCES, EncodeError, sentence_model
from learning.models import LearningPlan, ModelVersion, Trainer
from routing.errors import NotInForce, PredictionFailed
from routing.models import ItemType
from routing.policy import Opinion

if TYPE_CHECKING:
    from learning.learners.artifacts import Model

log = logging.getLogger(__name__)

# One model an item type: a new champion takes the place of the old one.
_loaded: dict[int, tuple[int, Model]] = {}


def opinions(
    item_type: ItemType, payloads: Sequence[dict[str, Any]]
) -> list[Opinion | PredictionFailed] | None:
    """Return the champion's opinion of each payload, or None where the item type has no champion.

    None as well where an ML backend predicts in its place: a worker asks that one, never a request. Where the
    champion is of an external trainer and nobody can be asked, each has that for its answer. A payload that a
    model can't read has the reason in its place: one odd item must not stop the others.

    Which model is champion is asked at each call, one look into an index with one row per item type: a
    promotion or roll-back holds at once in every process, and no item is judged by a withdrawn model.
    Raises PredictionFailed where the champion's file can't be used.
    """
    version = registry.champion(item_type)
    if _ask_backend(item_type, version) or version is None:
        return None
    if version.trainer == Trainer.EXTERNAL:
        said = f"{version} is in force and predicts elsewhere: its prediction did not come with the item"
        return [NotInForce(said)] * len(payloads)
    try:
        loaded(version)
    except registry.ModelUnusable as error:
        raise PredictionFailed(str(error)) from error
    try:
        return answers(version, payloads)
    except ValueError:
        return [_alone(version, payload) for payload in payloads]


def _ask_backend(item_type: ItemType, version: ModelVersion | None) -> bool:
    """Return whether an ML backend predicts for the item type, and have a worker ask it then."""
    if version:
        url = version.ml_backend_url  # read together with the champion
    else:
        plans = LearningPlan.objects.filter(item_type=item_type)
        url = plans.values_list("ml_backend_url", flat=True).first()
    if not url:
        return False
    # A row on this connection: it is there exactly if the items are that wait for it.
    async_task("learning.tasks.ask_backend", item_type.pk)
    return True


def standing() -> ArraySubquery:
    """Return what reads, of an item type, each model of an external trainer with its name and status."""
    theirs = ModelVersion.objects.filter(item_type=OuterRef("pk"), trainer=Trainer.EXTERNAL).order_by()
    return ArraySubquery(theirs.values(told=JSONObject(name=F("external_name"), status=F("status"))))


def _alone(version: ModelVersion, payload: dict[str, Any]) -> Opinion | PredictionFailed:
    try:
        return answers(version, [payload])[0]
    except EncodeError as error:
        return PredictionFailed(error.why)
    except ValueError as error:
        return PredictionFailed(str(error))


def answers(version: ModelVersion, payloads: Sequence[dict[str, Any]]) -> list[Opinion]:
    """Return this model's opinion of each payload, champion or not; raises ModelUnusable and ValueError."""
    model = loaded(version)
    probabilities = model.predict_proba(payloads)
    name = str(version)
    return [
        Opinion(
            model=name,
            label=model.classes[best],
            confidence=float(row[best]),
            probabilities=dict(zip(model.classes, row.tolist(), strict=True)),
        )
        for row, best in zip(probabilities, probabilities.argmax(axis=1), strict=True)
    ]


def strangeness(item_type: ItemType, payloads: Sequence[dict[str, Any]]) -> list[float | None]:
    """Return how strange each payload is, as the share of labelled ones that lie nearer to each other.

    It does not matter who predicts: the champion's file holds what it was trained on. One that can't be read
    at all is like nothing that was labelled: 1. None without a champion, or where its file has no reference
    or can't be used.
    """
    version = registry.champion(item_type)
    if version is None or version.trainer == Trainer.EXTERNAL:
        return [None] * len(payloads)
    try:
        model = loaded(version)
    except registry.ModelUnusable as error:
        log.error("how strange items are can't be told: %s", error)
        model = None
    if model is None or model.reference is None:
        return [None] * len(payloads)
    found, kept = reading.rows(model.strangeness, payloads)
    told = dict(zip(kept, found.tolist(), strict=True))
    return [told.get(place, 1.0) for place in range(len(payloads))]


def warm() -> None:
    """Read the sentence model where a champion goes by it, so that no request waits for that.

    For a thread of its own: it takes seconds. Without a database or a sentence model it says so in the log.
    """
    try:
        theirs = ModelVersion.objects.filter(status=ModelVersion.Status.CHAMPION, encoder__in=SENTENCES)
        if theirs.exists():
            sentence_model.width()
    except (DatabaseError, EncodeError) as error:
        log.error("the sentence model was not read ahead: %s", error)


def loaded(version: ModelVersion) -> Model:
    """Return the model, read once a process and checked against its hash; raises ModelUnusable.

    Two threads that come first at once both read it, and get the same.
    """
    held = _loaded.get(version.item_type_id)
    if held and held[0] == version.pk:
        return held[1]
    model = registry.load(version)
    if version.status == ModelVersion.Status.CHAMPION:
        _loaded[version.item_type_id] = (version.pk, model)
    return model
