"""Who said what of which item, as arrays, and the plain majority.

scipy.sparse is imported where it is used: it takes a fifth of a second, and few processes count votes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

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
                raise ValueError(
                    f"A vote names {name} {column.min()} to {column.max()}: 0 to {limit - 1} exist."
                )

    @cached_property
    def told(self) -> csr_array:
        """Return how often each item was told what by whom, (items, annotators × classes), sparse."""
        from scipy.sparse import csr_array

        cells = self.annotator * self.classes + self.label
        shape = self.items, self.annotators * self.classes
        return csr_array((np.ones(len(self)), (self.item, cells)), shape=shape)

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
