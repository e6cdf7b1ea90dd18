"""A sure correction is remembered for the next time that the same input comes with the same mistake."""

from __future__ import annotations

from datetime import datetime

from labeling.models import Review
from routing import corrections
from routing.models import Assignment, Item, Status

SURE = 0.8  # own confidence above which a person is sure; who says none is


def remember(item: Item, seat: Assignment, review: Review, *, now: datetime) -> None:
    """Keep the item's label for its input, where this review has decided so against the model, and surely.

    `now` is the time with which the item was settled: what was decided at another time, or by several people
    of whom the last says what the model did, is not remembered.
    """
    sure = review.confidence is None or review.confidence > SURE
    if not (item.item_type.reuse_corrections and review.agrees_with_ai is False and sure):
        return
    if item.status == Status.APPROVED and item.decided_at == now:
        corrections.note(item, said=seat.suggestion["label"], by=review.user, now=now)
