"""The labels to choose from on a page: the key of each, and who has chosen it already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labeling.pages.before import Before
from labeling.pages.favourites import favourites
from labeling.pages.keys import label_keys
from routing.kinds import Choice
from routing.models import Assignment

MANY_LABELS = 9  # beyond these a search box helps, unless each label is its own key


@dataclass(frozen=True)
class Option:
    """One label to choose, how it is named, the key that chooses it, and who has chosen it already.

    `suggested`: the model did; `picked`: it is what the page begins with.
    """

    label: Any
    name: str
    description: str
    key: str | None
    suggested: bool
    picked: bool
    often: bool


def searchable(offered: tuple[Choice, ...]) -> bool:
    """Return whether there are so many choices that typing finds one faster than the eye."""
    return len(offered) > MANY_LABELS and any(len(choice.name) > 1 for choice in offered)


def options(
    seat: Assignment,
    offered: tuple[Choice, ...],
    mine: Before | None,
    taken: frozenset[str],
) -> tuple[tuple[Option, ...], tuple[str, ...]]:
    """Return the choices as they are shown, and the labels that the person chose lately.

    `mine` is the person's own answer where they may correct it, `taken` are keys with another meaning.
    """
    often, lately = (), ()
    if seat.item.item_type.labels and searchable(offered):
        found = favourites(seat.user_id, seat.item.item_type)
        often, lately = found.often, found.lately
        place = {label: i for i, label in enumerate(often)}
        offered = tuple(sorted(offered, key=lambda choice: place.get(choice.label, len(place))))
    chosen = _listed(seat.suggestion["label"]) if seat.suggestion and not seat.blind else []
    picked = _listed(mine.label) if mine and mine.given else chosen
    own = any(choice.key for choice in offered)
    names = [choice.name for choice in offered]
    keys = [choice.key for choice in offered] if own else label_keys(names, taken)
    shown = tuple(
        Option(
            label=choice.label,
            name=choice.name,
            description=choice.description,
            key=key,
            suggested=choice.label in chosen,
            picked=choice.label in picked,
            often=choice.label in often,
        )
        for choice, key in zip(offered, keys, strict=True)
    )
    return shown, lately


def _listed(label: Any) -> list[Any]:
    return label if isinstance(label, list) else [label]
