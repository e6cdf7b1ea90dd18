"""Who has said something of each item that is to be judged, and why nobody has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from routing import predictor
from routing.errors import NotInForce, PredictionFailed
from routing.models import Item, ItemType
from routing.policy import Opinion


def hear(
    item_type: ItemType,
    pairs: Sequence[tuple[Item, tuple[Opinion, ...]]],
    failed: Mapping[UUID, PredictionFailed],
) -> tuple[dict[UUID, tuple[Opinion, ...]], dict[UUID, PredictionFailed]]:
    """Return by the items' ids the opinions to be judged, and why others have none; who waits is in neither.

    What came with predictions of models that are not in force alone is answered by our own model, beside
    which those are the committee.
    """
    sent = {item.pk: opinions for item, opinions in pairs}
    said = {pk: predictor.ranked(item_type, opinions) for pk, opinions in sent.items()}
    heard = {pk: one for pk, one in said.items() if one and not isinstance(one, NotInForce)}
    failures = {pk: one for pk, one in said.items() if isinstance(one, NotInForce)} | dict(failed)
    asked = [item for item, _ in pairs if item.pk not in heard and item.pk not in failed]
    for pk, answer in _ask_own_model(item_type, asked).items():
        if isinstance(answer, Opinion):
            heard[pk] = (answer, *sent[pk])
            failures.pop(pk, None)
        else:
            failures.setdefault(pk, answer)
    return heard, failures


def _ask_own_model(item_type: ItemType, items: Sequence[Item]) -> dict[UUID, Opinion | PredictionFailed]:
    """Return what our own model says of each item, or why it can't; empty where there is no model."""
    try:
        answers = predictor.predict(item_type, [item.payload for item in items])
    except PredictionFailed as error:
        answers = [error] * len(items)
    return dict(zip((item.pk for item in items), answers, strict=True)) if answers else {}
