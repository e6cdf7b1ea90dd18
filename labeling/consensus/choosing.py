"""Which way of settling suits these votes, judged by votes held back: no truth is needed for it.

Confusion matrices are preferred from 50 votes a class and annotator on, else accuracies (SCIENCE.md 5.1). The
preferred way has to foretell votes it has not seen as well as the others do: annotators who copy each other
mislead confusion matrices (crowd_zencrowd_us .820 against .861 of the majority, accuracies .901), annotators
with biases mislead accuracies.

Crowd-Kit 1.4.2 (Apache-2.0) was measured beside this and left out, see docs/adr/0007.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.consensus.annotators import Skills, interval, right
from labeling.consensus.models import Fit, dawid_skene, majority, one_coin_em
from labeling.consensus.votes import UNKNOWN, Array, Votes, Whole, answers

VOTES_A_CLASS = 50
FOLDS = 5

Way = Callable[..., Fit]


@dataclass(frozen=True)
class Consensus:
    """What many people's votes amount to.

    `posterior` is (items, classes), `answers` (items,) its most probable class. `accuracy`, `low` and `high`
    (90 %) and `votes` are (annotators,); `skills` holds what `redundancy.add` needs. `agreement` tells for
    each method that was considered how often it foretold a vote held back (nan where none could be).
    """

    method: str
    posterior: Array
    answers: Whole
    skills: Skills
    accuracy: Array
    low: Array
    high: Array
    votes: Array
    agreement: dict[str, float]


def aggregate(votes: Votes, *, gold: Whole | None = None, prior: Array | None = None) -> Consensus:
    """Return the votes' consensus, with gold items' answers known and a model's probabilities as prior.

    `gold` (items,) has the class, or -1 where it is not known. `prior` (items, classes) is the model's
    calibrated opinion; leave it out where the votes are to judge the model, as on audits.
    """
    ways = [one_coin_em, majority]
    if suits_confusions(votes):
        ways.insert(0, dawid_skene)
    foretold = [held_back(way, votes, gold=gold, prior=prior) for way in ways]
    fit = ways[chosen(foretold)](votes, gold=gold, prior=prior)
    agreed, cast = right(votes, fit.posterior)
    accuracy, low, high = interval(agreed, cast)
    return Consensus(
        fit.method,
        fit.posterior,
        answers(fit.posterior),
        fit.skills,
        accuracy,
        low,
        high,
        cast,
        {way.__name__: float(each.mean()) if each.size else float("nan") for way, each in zip(ways, foretold, strict=True)},
    )


def suits_confusions(votes: Votes) -> bool:
    """Return whether annotators have voted enough, on average, that their confusion matrices can be told."""
    people = len(np.unique(votes.annotator))
    return people > 0 and len(votes) / people >= VOTES_A_CLASS * votes.classes


def chosen(foretold: Sequence[NDArray[np.bool_]]) -> int:
    """Return which way to take: the first that no later one beats by more than one standard error.

    Each entry tells of the same votes held back whether that way foretold them.
    """
    for at, mine in enumerate(foretold):
        if not any(_beats(other, mine) for other in foretold[at + 1 :]):
            return at
    return len(foretold) - 1


def _beats(other: NDArray[np.bool_], mine: NDArray[np.bool_]) -> bool:
    gain = other.astype(float) - mine
    return gain.size > 1 and gain.mean() > gain.std() / np.sqrt(gain.size)


def held_back(
    way: Way, votes: Votes, *, gold: Whole | None = None, prior: Array | None = None
) -> NDArray[np.bool_]:
    """Return for each vote that can be judged whether the others foretell it, in five folds.

    Judged are votes on items without gold that have other votes too. A vote's fold depends on its item and
    annotator alone, not on the order of votes or on chance.
    """
    fold = (votes.item * 7 + votes.annotator * 3) % FOLDS
    found = []
    for each in range(FOLDS):
        kept, held = votes.where(fold != each), votes.where(fold == each)
        seen = np.bincount(kept.item, minlength=votes.items) > 0
        if gold is not None:
            seen &= gold == UNKNOWN
        held = held.where(seen[held.item])
        fit = way(kept, gold=gold, prior=prior)
        found.append(answers(fit.posterior)[held.item] == held.label)
    return np.concatenate(found)
