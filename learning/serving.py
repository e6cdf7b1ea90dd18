"""The champion of this process: what the server itself says about items that come without a prediction.

Only numpy is needed here: a web process that predicts loads neither torch nor sklearn.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from learning import reading, registry
from learning.models import ModelVersion
from routing.errors import PredictionFailed
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

    A payload that it can't read has the reason in its place: one odd item must not stop the others.

    Which model is champion is asked at each call, one look into an index with one row per item type: a
    promotion or roll-back holds at once in every process, and no item is judged by a withdrawn model.
    Raises PredictionFailed where the champion's file can't be used.
    """
    version = registry.champion(item_type)
    if version is None:
        return None
    try:
        loaded(version)
    except registry.ModelUnusable as error:
        raise PredictionFailed(str(error)) from error
    try:
        return answers(version, payloads)
    except ValueError:
        return [_alone(version, payload) for payload in payloads]


def _alone(version: ModelVersion, payload: dict[str, Any]) -> Opinion | PredictionFailed:
    try:
        return answers(version, [payload])[0]
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
    try:
        model = loaded(version) if version else None
    except registry.ModelUnusable as error:
        log.error("how strange items are can't be told: %s", error)
        model = None
    if model is None or model.reference is None:
        return [None] * len(payloads)
    found, kept = reading.rows(model.strangeness, payloads)
    told = dict(zip(kept, found.tolist(), strict=True))
    return [told.get(place, 1.0) for place in range(len(payloads))]


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
