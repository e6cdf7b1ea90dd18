"""Whether people overturn the model more often than they did at first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

# Of one kind of look: how many were overturned and how many looked at, at first, then now.
Looks = tuple[int, int, int, int]
BINS = 20  # of scores; in fewer the halves of one differ


@dataclass(frozen=True)
class Looked:
    """A model's answers that people looked at, oldest first, as arrays (n,).

    Which were overturned, which automated, and the scores that they were judged by.
    """

    overturned: np.ndarray
    automated: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.overturned)

    def part(self, chosen: slice | np.ndarray) -> Looked:
        """Return the chosen ones."""
        return Looked(self.overturned[chosen], self.automated[chosen], self.scores[chosen])


def alike(then: Looked, now: Looked) -> Iterator[Looks]:
    """Yield the counts of each kind of look that there were of at both times, by which they can be compared.

    Checks of what was automated are one kind and reviews of what was not are another, each of answers with
    about the same score. For where a threshold moves, or checks are drawn by another chance, people look at
    surer or less sure answers than before and overturn fewer or more, though nothing has drifted.
    """
    for automated in (False, True):
        old, new = (one.part(one.automated == automated) for one in (then, now))
        if len(old) and len(new):
            both = np.concatenate([old.scores, new.scores])
            edges = np.unique(np.quantile(both, np.linspace(0, 1, BINS + 1)[1:-1]))
            places = [np.searchsorted(edges, one.scores, side="right") for one in (old, new)]
            for place in range(len(edges) + 1):
                here = [one.overturned[at == place] for one, at in zip((old, new), places, strict=True)]
                if all(len(one) for one in here):
                    yield int(here[0].sum()), len(here[0]), int(here[1].sum()), len(here[1])


def rise(looks: Sequence[Looks]) -> float:
    """Return the p-value of no rise in how often people come to another answer, over kinds of looks.

    Exact, given how many were overturned in each kind in all (Fisher's test, several tables: Mehta, Patel and
    Gray, 1985): the number of those that are new is a sum of hypergeometric ones.
    """
    from scipy.stats import hypergeom  # takes a second, and only the worker compares

    chances, least = np.ones(1), 0
    for wrong_then, seen_then, wrong_now, seen_now in looks:
        wrong, seen = wrong_then + wrong_now, seen_then + seen_now
        chances = np.convolve(chances, hypergeom(seen, wrong, seen_now).pmf(np.arange(wrong + 1)))
        least += wrong_now
    return float(min(1.0, chances[least:].sum()))


def shares(looks: Sequence[Looks]) -> tuple[float, float]:
    """Return which share would now be overturned were each kind of look as it was at first, and which is."""
    seen = sum(one[3] for one in looks)
    expected = sum(wrong / before * now for wrong, before, _, now in looks)
    return expected / seen, sum(one[2] for one in looks) / seen
