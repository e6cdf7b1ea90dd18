"""The hook through which learning answers for items that come without a prediction."""

from collections.abc import Callable, Sequence
from typing import Any

from routing.errors import PredictionFailed
from routing.models import ItemType
from routing.policy import Opinion

# One answer a payload: what the model says, or why it can't say anything of this one.
Answers = list[Opinion | PredictionFailed]
Predictor = Callable[[ItemType, Sequence[dict[str, Any]]], Answers | None]

_registered: list[Predictor] = []


def register(predictor: Predictor) -> None:
    """Make `predictor` the one that answers; it returns None where the item type has no champion."""
    _registered[:] = [predictor]


def predict(item_type: ItemType, payloads: Sequence[dict[str, Any]]) -> Answers | None:
    """Return one answer per payload, or None where there is no model yet.

    Raises PredictionFailed when there is a model and it can't answer at all.
    """
    return _registered[0](item_type, payloads) if _registered and payloads else None
