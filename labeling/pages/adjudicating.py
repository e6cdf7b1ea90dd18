"""What an expert sees of an item's other answers, side by side, and one of them taken as it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet

from labeling.answering.choices import in_words
from labeling.answering.review import Answer
from labeling.models import Review
from labeling.pages.words import Piece, compared
from routing.errors import InvalidAnswer
from routing.kinds import Choice
from routing.models import HIDDEN, Assignment, Item, Purpose

FIRST_KEYS = "fghjkl"  # under the fingers
REFUSALS = {Review.Action.REJECT: "Rejected", Review.Action.ESCALATE: "Asked for an expert"}


@dataclass(frozen=True)
class Voice:
    """Who gave an answer, and what they remarked."""

    who: str
    comment: str


@dataclass(frozen=True)
class Drawing:
    """Boxes and outlines over a picture of so many pixels; `source` is empty where it is not to be shown."""

    width: int
    height: int
    source: str
    shapes: tuple[tuple[str, str], ...]  # of each: its class, and its corners as SVG has them


@dataclass(frozen=True)
class Side:
    """One answer and all who gave it; `review` is whose label is taken, None where nobody gave a label.

    As its kind allows the answer is told in `pieces` against what the model said, by `apart` (how far a
    number lies from the model's), or drawn; `text` always says it.
    """

    text: str
    voices: tuple[Voice, ...]
    review: int | None = None
    key: str | None = None
    pieces: tuple[Piece, ...] = ()
    apart: str = ""
    drawing: Drawing | None = None


def sides(seat: Assignment, offered: tuple[Choice, ...], taken: Collection[str]) -> tuple[Side, ...]:
    """Return the answers that others gave, one statement; none unless the seat is an expert's decision.

    Equal answers are one side, refusals come last. `taken` are keys that have another meaning on the page.
    What the model said is compared with unless the look is blind.
    """
    found: dict[str, Side] = {}
    for review in _heard(seat):
        text = REFUSALS.get(review.action) or in_words(seat.item, offered, review.label)
        voice = Voice(review.user.get_username(), review.comment)
        key = f"{review.action in REFUSALS} {review.label!r} {text}"
        side = found.get(key) or _side(seat, review, text)
        found[key] = replace(side, voices=(*side.voices, voice))
    free = _free(taken)
    ordered = sorted(found.values(), key=lambda side: side.review is None)
    return tuple(side if side.review is None else replace(side, key=next(free, None)) for side in ordered)


def opinions(seat: Assignment) -> list[dict[str, Any]]:
    """Return who said what of the item, for whoever decides at this seat; nothing for anybody else."""
    return [
        {
            "user": review.user.get_username(),
            "action": review.action,
            "label": review.label,
            "comment": review.comment,
        }
        for review in _heard(seat)
    ]


def _heard(seat: Assignment) -> QuerySet[Review] | tuple[()]:
    """Who decides hears the others; who gives an opinion must not."""
    if seat.purpose != Purpose.EXPERT:
        return ()
    return _others([seat.item_id]).exclude(assignment=seat.pk)  # who corrects an answer has given one here


def taken(given: Answer, review_id: int | None, seat_id: int, *, by: AbstractBaseUser) -> Answer:
    """Return the answer with the label that somebody else gave, where the expert takes that as it is.

    Raises InvalidAnswer where there is no such answer to this item, or no expert's decision at this seat.
    """
    if review_id is None:
        return given
    mine = Assignment.objects.filter(pk=seat_id, user=by, purpose=Purpose.EXPERT).values("item")
    other = _others(mine).filter(pk=review_id, action__in=("approve", "edit")).first()
    if other is None:
        raise InvalidAnswer("This answer can't be taken here; give your own.", attr="label")
    return replace(given, action=Review.Action.EDIT, label=other.label)


def _others(item: QuerySet | list[UUID]) -> QuerySet[Review]:
    """Return what people said of this one item, oldest first, without what only tested them."""
    said = Review.objects.filter(item__in=item)
    return said.exclude(assignment__purpose__in=HIDDEN).select_related("user").order_by("id")


def _free(taken: Collection[str]) -> Iterator[str]:
    return (key for key in dict.fromkeys(FIRST_KEYS + ascii_lowercase) if key not in taken)


def _side(seat: Assignment, review: Review, text: str) -> Side:
    if review.action in REFUSALS:
        return Side(text, ())
    model = None if seat.blind or seat.suggestion is None else seat.suggestion["label"]
    show = SHOWN.get(seat.item.item_type.kind)
    return Side(text, (), review.pk, **(show(seat.item, review.label, model) if show else {}))


def _text(item: Item, label: str, model: Any) -> Mapping[str, Any]:
    return {"pieces": compared(model if isinstance(model, str) else item.payload["output"], label)}


def _number(item: Item, label: float, model: Any) -> Mapping[str, Any]:
    if isinstance(model, bool) or not isinstance(model, int | float):
        return {}
    apart = f"{label - model:+.6g} {item.item_type.unit}".rstrip()
    return {"apart": apart if label != model else "as the model said"}


def _boxes(item: Item, label: list[dict[str, Any]], model: Any) -> Mapping[str, Any]:
    """A picture comes along only by its address: written out once more for each answer it is too long."""
    image = item.payload["image"]
    shown = item.item_type.cover == "nothing" and not image.startswith("data:")
    size = item.payload["width"], item.payload["height"]
    return {"drawing": Drawing(*size, image if shown else "", tuple(map(_shape, label)))}


def _shape(one: Mapping[str, Any]) -> tuple[str, str]:
    x1, y1, x2, y2 = one["box"]
    corners = one.get("polygon") or ((x1, y1), (x2, y1), (x2, y2), (x1, y2))
    return one["label"], " ".join(f"{x:g},{y:g}" for x, y in corners)


# How a kind's answers are compared beyond being told in words.
SHOWN: Mapping[str, Callable[[Item, Any, Any], Mapping[str, Any]]] = {
    "generation": _text,
    "regression": _number,
    "detection": _boxes,
}
