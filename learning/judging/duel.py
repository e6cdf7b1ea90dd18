"""Two models on the same live items: which is right more often, told so that one may look at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from learning.judging.evaluation import mean_difference
from routing.certify.edetector import BETS

PROVEN = 20.0  # what the evidence must reach: by luck alone it does so at most once in twenty trials, ever


@dataclass(frozen=True)
class Pair:
    """What two models said of one labelled item: which of them was right.

    `chance` is the probability, over 0 and at most 1, with which the item was to get a label.
    """

    challenger: bool
    champion: bool
    chance: float = 1.0


@dataclass(frozen=True)
class Duel:
    """Where a trial stands after `labels` labelled items.

    `wins` and `losses` count items on which only the challenger, or only the champion, was right. `better`
    and `worse` are the most evidence that there ever was for the one and for the other. `difference` is how
    much more often the challenger is right among all items, with its 95 % interval, of which a single look is
    honest. `wrong` is the share of all items on which the champion errs; `overturned` the evidence that this
    is more than `expected` (None: nothing is expected).
    """

    labels: int
    wins: int
    losses: int
    better: float
    worse: float
    difference: float
    low: float
    high: float
    wrong: float
    expected: float | None
    overturned: float

    def numbers(self) -> dict[str, Any]:
        """Return them for the trail and for the model's card."""
        return {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def fight(pairs: Sequence[Pair], *, floor: float = 1.0, expected: float | None = None) -> Duel:
    """Return where a trial stands after these pairs, in the order in which their labels came.

    Wealth that starts at 1 grows by 1 + f·x with each label, as the mean over three bets f; x is 1 where only
    the challenger was right, -1 where only the champion was, else 0. While neither is better that is a
    supermartingale, so that it reaches 20 with a chance of at most 1/20 however often one looks (Ville 1939;
    Shafer and Vovk 2019; SCIENCE 6.3). `worse` is the same with the signs turned.

    Which items get labels is no accident: of what the champion automates few do. So x is weighed by
    (the smallest chance) / (this item's chance), which makes each bet one on all items. `floor` is the
    smallest chance that any item had, with a label or without: before the first of the rarely labelled has
    got one, doubted items would otherwise count as if they were all there are.

    `overturned` bets by x = weight·(error - expected) / expected against "the champion errs on at most
    `expected` of all items". ValueError unless that lies between 0 and 1.
    """
    if expected is not None and not 0 < expected < 1:
        raise ValueError("The errors that are expected must be a share between 0 and 1.")
    challenger = np.array([one.challenger for one in pairs], bool)
    champion = np.array([one.champion for one in pairs], bool)
    chance = np.array([one.chance for one in pairs], np.float64)
    weights = np.minimum(np.minimum.accumulate(chance), floor) / chance
    gain = challenger.astype(float) - champion
    found = mean_difference(gain, 1 / chance)
    errors = (~champion).astype(float)
    beyond = errors * 0 if expected is None else weights * (errors - expected) / expected
    return Duel(
        labels=len(pairs),
        wins=found.wins,
        losses=found.losses,
        better=_evidence(weights * gain),
        worse=_evidence(-weights * gain),
        difference=found.value,
        low=found.low,
        high=found.high,
        wrong=float(np.average(errors, weights=1 / chance)) if pairs else 0.0,
        expected=expected,
        overturned=_evidence(beyond),
    )


def _evidence(outcomes: NDArray[np.float64]) -> float:
    """Return the most wealth that betting on these outcomes, at least -1 each, ever had."""
    if not len(outcomes):
        return 1.0
    # Sums of logarithms: a long win would overflow as a product.
    wealth = np.log1p(np.multiply.outer(np.array(BETS), outcomes)).cumsum(axis=1)
    highest = np.logaddexp.reduce(wealth, axis=0).max() - np.log(len(BETS))
    return float(np.exp(min(max(highest, 0.0), 700.0)))
