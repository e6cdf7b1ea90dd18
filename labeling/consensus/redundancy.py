"""Whether an item needs another opinion: only while what has been said doesn't decide it.

The posterior is carried on vote by vote with the skills last estimated, at the cost of one multiplication
(Branson, Van Horn and Perona, "Lean Crowdsourcing", CVPR 2017). Until people have answered some 20 gold items
each, their skill is a guess: until then set `least` to a fixed number of votes.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from labeling.consensus.annotators import Skills
from labeling.consensus.models import mixed
from labeling.consensus.votes import Array

GOLD_EACH = 20


class Next(StrEnum):
    """What an item needs now."""

    ENOUGH = "enough"
    ANOTHER = "another"
    EXPERT = "expert"


def begin(rates: Array, *, model: Array | None = None) -> Array:
    """Return what is believed before any vote, (classes,): the class rates, or the model's opinion.

    The model's probabilities are to be calibrated; on gold, audits and whatever else shall judge the model,
    leave it out.
    """
    return rates / rates.sum() if model is None else mixed(model[None])[0]


def add(posterior: Array, annotator: int, label: int, skills: Skills) -> Array:
    """Return what is believed after one more vote, (classes,); an annotator of -1 is nobody known."""
    after = posterior * skills.chances(np.array([annotator]), np.array([label]))[0]
    return after / after.sum()


def another_vote(posterior: Array, votes: int, *, cap: int, tau: float, least: int = 1) -> Next:
    """Return whether to ask for another vote on an item that has so many.

    ENOUGH once the most probable class is believed with `tau` and `least` people have spoken, EXPERT when
    `cap` people don't decide it, ANOTHER before.
    """
    if votes >= least and posterior.max() >= tau:
        return Next.ENOUGH
    return Next.ANOTHER if votes < cap else Next.EXPERT


def skills_known(gold_votes: Array) -> bool:
    """Return whether annotators, (annotators,), have answered enough gold to stop early on their word.

    It is enough on average: who is new counts as everybody together does, and must not hold up all others.
    """
    answered = np.asarray(gold_votes)
    return bool(answered.size and answered.mean() >= GOLD_EACH)
