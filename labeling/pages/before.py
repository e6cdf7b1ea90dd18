"""What a person said at a seat that they may now correct, for its page to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labeling.answering.choices import in_words
from labeling.models import Review
from routing.kinds import Choice
from routing.models import Item

ACTS = {Review.Action.REJECT: "You rejected it.", Review.Action.ESCALATE: "You asked for an expert."}


@dataclass(frozen=True)
class Before:
    """An answer that stands until another one is given; `given` says whether it names a label at all."""

    text: str
    given: bool
    label: Any
    comment: str
    confidence: float | None


def before(review: Review, item: Item, offered: tuple[Choice, ...]) -> Before:
    """Return what was said, in the words of the page."""
    given = review.action not in ACTS
    return Before(
        text=f"You said: {in_words(item, offered, review.label)}" if given else ACTS[review.action],
        given=given,
        label=review.label,
        comment=review.comment,
        confidence=review.confidence,
    )
