"""Labelled decisions, counted over thresholds: what a certificate is proven from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Batch:
    """Decisions made under one frozen policy, all of whose drawn labels have come or are overdue.

    Four arrays of shape (n,). `scores`: what the router judged by, -inf where no threshold would automate
    (a rule, no prediction). `probabilities`: the chance with which each was to get a human label, known when
    it was routed: 1 where a person reviewed it. `drawn`: whether it was to get one. `losses`: 0 where the
    model was right, 1 where it was wrong, between them for partly right; nan, for a drawn item that nobody
    answered or could decide, counts as an error, as dropping it would void the proof. What isn't drawn may
    hold anything. Near-duplicates that were drawn as one are one row with their mean loss. `least` is the
    smallest probability that the policy can give, by default the smallest seen. Raises ValueError on arrays
    that say none of this.
    """

    scores: Array
    probabilities: Array
    drawn: NDArray[np.bool_]
    losses: Array
    least: float | None = None

    def __post_init__(self) -> None:
        for name, kind in (("scores", float), ("probabilities", float), ("drawn", bool), ("losses", float)):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=kind))
        losses = np.where(self.drawn, np.where(np.isnan(self.losses), 1.0, self.losses), 0.0)
        object.__setattr__(self, "losses", losses)
        least = min(self.probabilities.min(initial=1.0), 1.0 if self.least is None else self.least)
        object.__setattr__(self, "least", float(least))
        if len({len(self.scores), len(self.probabilities), len(self.drawn), len(losses)}) > 1:
            raise ValueError("A batch has as many scores as probabilities, draws and losses.")
        if np.isnan(self.scores).any():
            raise ValueError("A score must be a number; -inf where no threshold would automate.")
        if not (self.least > 0 and (self.probabilities <= 1).all()):
            raise ValueError("Each decision needs a chance of a human label, above 0 and up to 1.")
        if not ((losses >= 0) & (losses <= 1)).all():
            raise ValueError("A loss lies between 0 and 1.")
        if not self.drawn[self.probabilities == 1].all():
            raise ValueError("What was certain to get a human label must be marked as drawn.")

    def part(self, chosen: NDArray[np.bool_]) -> Batch:
        """Return the batch of the chosen rows, made under the same policy."""
        return Batch(
            self.scores[chosen],
            self.probabilities[chosen],
            self.drawn[chosen],
            self.losses[chosen],
            self.least,
        )


@dataclass(frozen=True, eq=False)
class Tally:
    """A batch, counted: labels (kinds, ..., thresholds) at or above each threshold by loss and probability.

    Labels of one kind have the same loss and probability. `least` has shape (..., 1) or is a number.
    """

    losses: Array
    probabilities: Array
    counts: Counts
    seen: Counts
    decisions: Counts
    labels: Counts
    least: Array | float


def tally(batch: Batch, grid: Array) -> Tally:
    """Return the batch counted over a falling grid; the order of its rows makes no difference."""
    size = len(grid)
    # How many thresholds lie above the score: 0 for those that pass all.
    place = size - np.searchsorted(grid[::-1], batch.scores, side="right")
    pairs = np.stack([batch.losses, batch.probabilities], axis=1)[batch.drawn]
    kinds, of_kind = np.unique(pairs, axis=0, return_inverse=True)
    cells = of_kind.reshape(-1) * (size + 1) + place[batch.drawn]
    counts = np.bincount(cells, minlength=len(kinds) * (size + 1)).reshape(len(kinds), size + 1)
    return Tally(
        losses=kinds[:, 0],
        probabilities=kinds[:, 1],
        counts=counts[:, :-1].cumsum(axis=-1),
        seen=np.bincount(place, minlength=size + 1)[:-1].cumsum(),
        decisions=np.array([len(batch.scores)]),
        labels=np.array([int(batch.drawn.sum())]),
        least=float(batch.least),
    )
