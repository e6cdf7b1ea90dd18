"""What a model of an external trainer has said of items, as arrays: it can't be asked here, only read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np

from learning.files import ModelUnusable
from learning.models import ModelVersion
from routing.models import Prediction

MOST_MISSING = 0.05  # of the items that a champion has to be compared on


def read(version: ModelVersion, items: Sequence[UUID], classes: Sequence[str]) -> np.ndarray:
    """Return its probabilities of each item, float (n, classes); NaN in the rows that it has not answered.

    What it said at its exam and in the shadow, else what came with the item. One that it could not read has
    equal probabilities; an answer without probabilities has its confidence, and the rest shared evenly.
    """
    place = {name: column for column, name in enumerate(classes)}
    found = np.full((len(items), len(classes)), np.nan)
    told: dict[UUID, np.ndarray] = {}
    fields = ("item_id", "label", "confidence", "probabilities")
    sent = Prediction.objects.filter(item__item_type=version.item_type, model=version.external_name)
    for rows in (sent.filter(item__held_out=True), version.trial_answers):
        for item, *said in rows.values_list(*fields).iterator():
            told[item] = _row(place, *said)
    for at, item in enumerate(items):
        if item in told:
            found[at] = told[item]
    return found


def compared(version: ModelVersion, items: Sequence[UUID], classes: Sequence[str]) -> np.ndarray:
    """Return a champion's probabilities of each item, float (n, classes).

    A few that it has not answered count as unknown to it. Raises ModelUnusable where more than MOST_MISSING
    of them are unanswered.
    """
    found = read(version, items, classes)
    missing = np.isnan(found[:, 0])
    if missing.sum() > MOST_MISSING * len(items):
        left = f"it has not answered {missing.sum()} of {len(items)} held-out items"
        raise ModelUnusable(f"{version} predicts elsewhere, and {left}: its exam stays open for them.")
    found[missing] = 1 / len(classes)
    return found


def _row(
    place: dict[str, int], label: Any, confidence: float | None, probabilities: dict[str, float] | None
) -> np.ndarray:
    row = np.zeros(len(place))
    for name, share in (probabilities or {}).items():
        if name in place:
            row[place[name]] = share
    if row.sum() > 0:
        return row / row.sum()
    if not isinstance(label, str) or label not in place or len(place) < 2:
        return np.full(len(place), 1 / len(place))
    row[:] = (1 - confidence) / (len(place) - 1)
    row[place[label]] = confidence
    return row
