"""Which way of settling suits these votes, judged by votes held back: no truth is needed for it.

Confusion matrices are preferred from 50 votes a class and annotator on, else accuracies. The preferred way
has to foretell what it isn't shown as well as the others do: annotators who err together mislead confusion
matrices (crowd_zencrowd_us: .820 right against .861 of the majority and .901 with accuracies), annotators
with a bias mislead accuracies. People who copy each other outright foretell each other; only gold shows them.

Crowd-Kit 1.4.2 (Apache-2.0) was measured beside this and left out, see docs/adr/0007.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.consensus.annotators import Confusions, Skills, cautious, interval, right
from labeling.consensus.models import Fit, dawid_skene, majority, one_coin_em
from labeling.consensus.votes import UNKNOWN, Array, Votes, Whole, answers

VOTES_A_CLASS = 50
FOLDS = 10
ENOUGH_GOLD = 50

Way = Callable[..., Fit]

# From the one that knows people best to the one that takes all alike, with the standard errors by which it
# may fall short of the others. Confusion matrices go wrong further than accuracies do and are given none.
WAYS: tuple[tuple[str, Way, float], ...] = (
    ("dawid_skene", dawid_skene, 0.0),
    ("one_coin", one_coin_em, 0.5),
    ("majority", majority, np.inf),
)


@dataclass(frozen=True)
class Consensus:
    """What many people's votes amount to.

    `posterior` is (items, classes), `answers` (items,) its most probable class. `accuracy`, `low` and `high`
    (90 %) and `votes` are (annotators,); `skills` is what `redundancy.add` needs. `agreement` tells for each
    method that was considered how often it foretold votes held back (nan where none could be), `on_gold` how
    often gold held back (empty under 50 gold items).
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
    on_gold: dict[str, float]


def aggregate(votes: Votes, *, gold: Whole | None = None, prior: Array | None = None) -> Consensus:
    """Return the votes' consensus, with gold items' answers known and a model's probabilities as prior.

    `gold` (items,) has the class, or -1 where it is not known. `prior` (items, classes) is the model's
    calibrated opinion; leave it out where the votes are to judge the model, as on audits.
    """
    ways = WAYS if suits_confusions(votes) else WAYS[1:]
    by_votes = [votes_foretold(way, votes, gold=gold, prior=prior) for _, way, _ in ways]
    by_gold = [gold_foretold(way, votes, gold=gold, prior=prior) for _, way, _ in ways]
    # Whichever tells against a way: votes are as wrong as people, gold is seldom drawn at random.
    slack = [each for *_, each in ways]
    fit = ways[max(chosen(by_votes, slack), chosen(by_gold, slack))][1](votes, gold=gold, prior=prior)
    agreed, cast = right(votes, fit.posterior)
    accuracy, low, high = interval(agreed, cast)
    return Consensus(
        fit.method,
        fit.posterior,
        answers(fit.posterior),
        fit.skills if isinstance(fit.skills, Confusions) else cautious(votes, fit.posterior),
        accuracy,
        low,
        high,
        cast,
        {method: _share(each) for (method, *_), each in zip(ways, by_votes, strict=True)},
        {method: _share(each) for (method, *_), each in zip(ways, by_gold, strict=True) if each.size},
    )


def _share(foretold: NDArray[np.bool_]) -> float:
    return float(foretold.mean()) if foretold.size else float("nan")


def suits_confusions(votes: Votes) -> bool:
    """Return whether annotators have voted enough, on average, that their confusion matrices can be told."""
    people = len(np.unique(votes.annotator))
    return people > 0 and len(votes) / people >= VOTES_A_CLASS * votes.classes


def chosen(foretold: Sequence[NDArray[np.bool_]], slack: Sequence[float]) -> int:
    """Return which way to take: the first that no later one beats by more than its slack, in standard errors.

    Each entry of `foretold` tells of the same votes or gold items held back whether that way foretold them.
    """
    for at, mine in enumerate(foretold):
        if not any(_gain(other, mine) > slack[at] for other in foretold[at + 1 :]):
            return at
    raise ValueError("There is no way to choose from.")


def _gain(other: NDArray[np.bool_], mine: NDArray[np.bool_]) -> float:
    """Return by how many standard errors the other foretells more."""
    gain = other.astype(float) - mine
    if not gain.any():
        return 0.0
    return float(gain.mean() * np.sqrt(gain.size) / max(gain.std(), 1e-9))


def votes_foretold(
    way: Way, votes: Votes, *, gold: Whole | None = None, prior: Array | None = None
) -> NDArray[np.bool_]:
    """Return whether the way foretells single votes it isn't shown, in ten folds.

    They are those on items without gold that have other votes too. A vote's fold depends on nothing but its
    item and annotator.
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


def gold_foretold(
    way: Way, votes: Votes, *, gold: Whole | None = None, prior: Array | None = None
) -> NDArray[np.bool_]:
    """Return whether the way foretells gold items' answers it isn't shown, in ten folds; empty under 50."""
    voted = np.bincount(votes.item, minlength=votes.items) > 0
    known = np.flatnonzero(voted & (gold != UNKNOWN)) if gold is not None else np.array([], dtype=int)
    if gold is None or len(known) < ENOUGH_GOLD:
        return np.array([], dtype=bool)
    found = []
    for fold in range(FOLDS):
        held = known[fold::FOLDS]
        shown = gold.copy()
        shown[held] = UNKNOWN
        fit = way(votes, gold=shown, prior=prior)
        found.append(answers(fit.posterior)[held] == gold[held])
    return np.concatenate(found)
