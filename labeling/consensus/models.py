"""Truth and people's skill estimated together, by EM from the majority on.

Dawid and Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm", Applied
Statistics 28 (1979). E: posterior(item) ∝ prior_k · ∏_j P(vote_j | k). M: skill from the expected counts.
Gold items keep their answer throughout: they anchor everybody's skill.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labeling.consensus.annotators import LEAST, SHRINK, OneCoin, Skills, confusions, one_coin
from labeling.consensus.votes import UNKNOWN, Array, Votes, Whole, class_rates, shares

ROUNDS = 50
CLOSE = 1e-5
MIXED = 0.02
TIE = 1e-4


@dataclass(frozen=True)
class Fit:
    """What one way of settling says: `posterior` and its unnormalised logs `evidence`, both (items, classes).

    `skills` are those from which the posterior was made.
    """

    method: str
    posterior: Array
    evidence: Array
    skills: Skills


def mixed(prior: Array) -> Array:
    """Return a model's calibrated probabilities, .98 p + .02 / K, so that no class is ever impossible."""
    return (1 - MIXED) * prior + MIXED / prior.shape[1]


def anchored(posterior: Array, gold: Whole | None) -> Array:
    """Return the posterior with the gold items' answers certain; gold is (items,), -1 where none is known."""
    if gold is None:
        return posterior
    known = gold != UNKNOWN
    posterior = posterior.copy()
    posterior[known] = 0
    posterior[known, gold[known]] = 1
    return posterior


def normalised(logs: Array) -> Array:
    """Return probabilities from their unnormalised logs, row by row."""
    raised = np.exp(logs - logs.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def majority(votes: Votes, *, gold: Whole | None = None, prior: Array | None = None) -> Fit:
    """Return the posterior where all people are equally often right.

    Without a prior its most probable class is the one with most votes; among equals the one said by those who
    agree more with everybody, then the one more frequent anywhere, then the first.
    """
    first = anchored(shares(votes), gold)
    each = one_coin(votes, first)
    # On gold everybody together may be worse than chance; most votes must win even so.
    alike = min(max(each.pooled, 1 / votes.classes + 0.01), 1 - LEAST)
    skills = OneCoin(np.full(votes.annotators, alike), alike, votes.classes)
    # Too little to outweigh a vote, enough to settle a tie.
    tied = TIE * (each.evidence(votes) + 0.5 * np.log(class_rates(first)))
    evidence = skills.evidence(votes) + (tied if prior is None else np.log(mixed(prior)))
    return Fit("majority", anchored(normalised(evidence), gold), evidence, skills)


def one_coin_em(votes: Votes, *, gold: Whole | None = None, prior: Array | None = None) -> Fit:
    """Return the posterior where each person has one accuracy.

    The class rate enters by its square root. In full it makes a rare class rarer with each round where votes
    are few; left out it costs as much where they are many (crowd_zencrowd_us: 3 votes an item .819 in full,
    .844 without, .857 by the root; 5 votes .895, .871, .892).
    """
    return _em("one_coin", one_coin, 0.5, votes, gold, prior)


def dawid_skene(
    votes: Votes, *, gold: Whole | None = None, prior: Array | None = None, shrink: float = SHRINK
) -> Fit:
    """Return the posterior where each person has a confusion matrix, see `annotators.confusions`."""

    def skills(votes: Votes, posterior: Array) -> Skills:
        return confusions(votes, posterior, shrink=shrink)

    return _em("dawid_skene", skills, 1.0, votes, gold, prior)


def _em(
    method: str,
    learn: Callable[[Votes, Array], Skills],
    temper: float,
    votes: Votes,
    gold: Whole | None,
    prior: Array | None,
) -> Fit:
    posterior = anchored(shares(votes), gold)
    for _ in range(ROUNDS):
        skills = learn(votes, posterior)
        before = temper * np.log(class_rates(posterior)) if prior is None else np.log(mixed(prior))
        evidence = skills.evidence(votes) + before
        after = anchored(normalised(evidence), gold)
        moved = np.abs(after - posterior).max(initial=0)
        posterior = after
        if moved < CLOSE:
            break
    return Fit(method, posterior, evidence, skills)
