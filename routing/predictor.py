"""The hook through which learning answers for items that come without a prediction."""

from collections.abc import Callable, Sequence
from typing import Any

from routing.models import ItemType
from routing.policy import Opinion

Predictor = Callable[[ItemType, Sequence[dict[str, Any]]], list[Opinion] | None]

_registered: list[Predictor] = []


def register(predictor: Predictor) -> None:
    """Make `predictor` the one that answers; it returns None where the item type has no champion."""
    _registered[:] = [predictor]


def predict(item_type: ItemType, payloads: Sequence[dict[str, Any]]) -> list[Opinion] | None:
    """Return one opinion per payload, or None where no model can answer yet.

    Raises PredictionFailed when there is a model and it fails.
    """
    return _registered[0](item_type, payloads) if _registered and payloads else None
