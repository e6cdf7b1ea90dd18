"""Who said what of which item, as arrays, and the plain majority."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

UNKNOWN = -1


@dataclass(frozen=True)
class Votes:
    """One entry a vote: which item (0 to items - 1), by which annotator, for which class.

    A person may vote twice on an item. Raises ValueError where the three arrays don't match or where a
    number lies outside.
    """

    item: Whole
    annotator: Whole
    label: Whole
    items: int
    annotators: int
    classes: int

    def __post_init__(self) -> None:
        for name, limit in (
            ("item", self.items),
            ("annotator", self.annotators),
            ("label", self.classes),
        ):
            column = np.asarray(getattr(self, name), dtype=np.int64)
            object.__setattr__(self, name, column)
            if column.shape != np.shape(self.item) or column.ndim != 1:
                raise ValueError("Give one item, one annotator and one label for each vote.")
            if column.size and not 0 <= column.min() <= column.max() < limit:
                raise ValueError(f"A vote names {name} {column.min()} to {column.max()}: 0 to {limit - 1} exist.")

    def __len__(self) -> int:
        return len(self.item)

    def where(self, chosen: NDArray[Any]) -> Votes:
        """Return some of the votes, by mask or by index."""
        return replace(
            self, item=self.item[chosen], annotator=self.annotator[chosen], label=self.label[chosen]
        )


def counts(votes: Votes) -> Array:
    """Return how many votes each class of each item has, (items, classes)."""
    cells = votes.item * votes.classes + votes.label
    flat = np.bincount(cells, minlength=votes.items * votes.classes)
    return flat.reshape(votes.items, votes.classes).astype(float)


def class_rates(posterior: Array) -> Array:
    """Return how frequent each class is, (classes,), each counted one item too often so that none is 0."""
    items, classes = posterior.shape
    return (posterior.sum(axis=0) + 1) / (items + classes)


def shares(votes: Votes) -> Array:
    """Return each item's shares of votes with one more vote cast by everybody together, (items, classes).

    The largest share is the majority; among equals the class that has most votes anywhere wins, then the
    first. An item without votes has the shares of all votes.
    """
    cast = counts(votes)
    everybody = (cast.sum(axis=0) + 1) / (len(votes) + votes.classes)
    return (cast + everybody) / (cast.sum(axis=1, keepdims=True) + 1)


def answers(posterior: Array) -> Whole:
    """Return the most probable class of each item, (items,); the first among equals to nine decimals."""
    # The last bits depend on the order in which votes were added up; an answer must not.
    return np.round(posterior, 9).argmax(axis=1)
