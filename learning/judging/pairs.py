"""Two models on the same labelled items: where only the one is right, and where only the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from learning.judging.duel import PROVEN, Pair, fight
from learning.judging.evaluation import Difference, paired_difference
from learning.judging.evidence import Evidence


@dataclass(frozen=True)
class OfClass:
    """The items of one true class: how many, on how many only the second, or only the first, is right."""

    name: str
    n: int
    wins: int
    losses: int


def difference(
    champion: Evidence, challenger: Evidence, part: slice | np.ndarray = slice(None), *, level: float = 0.95
) -> Difference:
    """Return how much more often the challenger is right on the rows of `part`, with its interval."""
    return paired_difference(
        champion.probabilities[part],
        challenger.probabilities[part],
        challenger.labels[part],
        challenger.weight[part],
        level=level,
    )


def by_class(champion: Evidence, challenger: Evidence) -> list[OfClass]:
    """Return wins and losses by true class, the classes with the most of both first."""
    won, lost = challenger.right & ~champion.right, champion.right & ~challenger.right
    found = []
    for column in np.unique(challenger.labels):
        here = challenger.labels == column
        counts = int(here.sum()), int(won[here].sum()), int(lost[here].sum())
        found.append(OfClass(challenger.name(column), *counts))
    return sorted(found, key=lambda one: (-(one.wins + one.losses), one.name))


def proven_better(champion: Evidence, challenger: Evidence) -> bool:
    """Return whether the evidence for the challenger has ever reached 20: `duel.fight`.

    An equal challenger gets there with a chance of at most 5 % however often it is judged as labels come,
    which a p-value under 5 % at each look would not keep (SCIENCE 6.3).
    """
    chances = np.minimum(1 / challenger.weight, 1.0)
    rows = zip(challenger.right.tolist(), champion.right.tolist(), chances.tolist(), strict=True)
    # Until the first of the rarely labelled came, the others are not all there are either.
    rare = chances[chances < 1]
    return fight([Pair(*row) for row in rows], floor=float(rare[0]) if len(rare) else 1.0).better >= PROVEN


def sign_test(wins: int, losses: int) -> float:
    """Return the two-sided exact p-value of McNemar's (1947) test: how odd so uneven a split would be."""
    pairs = wins + losses
    tail = sum(comb(pairs, i) for i in range(min(wins, losses) + 1))
    return min(1.0, 2 * tail / 2**pairs)


def differing(champion: Evidence, challenger: Evidence, names: Sequence[str], most: int = 20) -> list[dict]:
    """Return up to `most` rows on which just one of the two is right, half of each if there are so many.

    A row has its item's `name`, the true class and what each of the two said.
    """
    won = np.flatnonzero(challenger.right & ~champion.right)
    lost = np.flatnonzero(champion.right & ~challenger.right)
    half = most // 2
    losses = lost[: max(half, most - len(won))]
    rows = [*losses, *won[: most - len(losses)]]
    old, new = champion.probabilities.argmax(axis=1), challenger.probabilities.argmax(axis=1)
    return [
        {
            "item": names[row],
            "truth": challenger.name(challenger.labels[row]),
            "before": challenger.name(old[row]),
            "after": challenger.name(new[row]),
        }
        for row in rows
    ]
