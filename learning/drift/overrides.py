"""Whether people overturn the model more often than they did at first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import hypergeom

# Of one kind of look: how many were overturned and how many looked at, at first, then now.
Looks = tuple[int, int, int, int]


def rise(looks: Sequence[Looks]) -> float:
    """Return the p-value of no rise in how often people come to another answer, over kinds of looks.

    Checks of what was automated and reviews of what was not are counted apart: a threshold that moved changes
    how many there are of each, and is no drift. Exact, given how many were overturned in each kind in all
    (Fisher's test, several tables: Mehta, Patel and Gray, 1985): the number of those that are new is a sum of
    hypergeometric ones.
    """
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
