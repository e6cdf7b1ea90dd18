"""What is known of the people who vote: how often each is right, or what each says instead.

`OneCoin` has one accuracy for each person, `Confusions` a matrix; both tell how probable a vote is under each
true class, which is all that an item's posterior needs. Who isn't known yet votes like everybody together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labeling.consensus.votes import Array, Votes, Whole

PRIOR_RIGHT, PRIOR_WRONG = 4.0, 1.0
SHRINK = 4.0
CAUTION = 10.0
LEAST = 1e-3
SETTLED_PART, SETTLED = 0.4, 0.05


@dataclass(frozen=True)
class OneCoin:
    """Each person is right with one probability and wrong in any other class alike.

    `accuracy` is (annotators,), `pooled` that of everybody together.
    """

    accuracy: Array
    pooled: float
    classes: int

    def evidence(self, votes: Votes) -> Array:
        """Return what all votes add to the log-probability of each class of each item, (items, classes)."""
        weights = (np.log(self.accuracy) - np.log(self._wrong(self.accuracy)))[votes.annotator]
        cells = votes.item * votes.classes + votes.label
        flat = np.bincount(cells, weights=weights, minlength=votes.items * votes.classes)
        return flat.reshape(votes.items, votes.classes)

    def chances(self, annotator: Whole, label: Whole) -> Array:
        """Return the probability of each vote under each true class, (votes, classes).

        An annotator outside 0 to annotators - 1 is nobody known.
        """
        right = np.append(self.accuracy, self.pooled)[_known(annotator, len(self.accuracy))]
        found = np.repeat(self._wrong(right)[:, None], self.classes, axis=1)
        found[np.arange(len(right)), label] = right
        return found

    def _wrong(self, right: Array) -> Array:
        return (1 - right) / (self.classes - 1) if self.classes > 1 else right


@dataclass(frozen=True)
class Confusions:
    """`rates[j, k, l]` is how often person j says l where k is true; `pooled[k, l]` how often all do."""

    rates: Array
    pooled: Array

    def evidence(self, votes: Votes) -> Array:
        """Return what all votes add to the log-probability of each class of each item, (items, classes)."""
        by_said = np.log(self.rates).transpose(0, 2, 1).reshape(-1, votes.classes)
        return votes.told @ by_said

    def chances(self, annotator: Whole, label: Whole) -> Array:
        """Return the probability of each vote under each true class, (votes, classes); see OneCoin."""
        rates = np.concatenate([self.rates, self.pooled[None]])
        return rates[_known(annotator, len(self.rates)), :, label]


Skills = OneCoin | Confusions


def _known(annotator: Whole, known: int) -> Whole:
    annotator = np.asarray(annotator)
    return np.where((annotator >= 0) & (annotator < known), annotator, known)


def right(votes: Votes, posterior: Array) -> tuple[Array, Array]:
    """Return how many votes of each annotator are right, in expectation, and how many each cast."""
    agreed = posterior[votes.item, votes.label]
    return (
        np.bincount(votes.annotator, weights=agreed, minlength=votes.annotators),
        np.bincount(votes.annotator, minlength=votes.annotators).astype(float),
    )


def one_coin(votes: Votes, posterior: Array) -> OneCoin:
    """Return everybody's most probable accuracy where Beta(4, 1) was believed before.

    Maximum likelihood would trust whoever has voted once completely.
    """
    agreed, cast = right(votes, posterior)
    before = PRIOR_RIGHT - 1, PRIOR_RIGHT + PRIOR_WRONG - 2
    return OneCoin(
        np.clip((agreed + before[0]) / (cast + before[1]), LEAST, 1 - LEAST),
        float((agreed.sum() + PRIOR_RIGHT) / (cast.sum() + PRIOR_RIGHT + PRIOR_WRONG)),
        votes.classes,
    )


def cautious(votes: Votes, posterior: Array) -> OneCoin:
    """Return everybody's accuracy as if each had cast ten more votes, as often right as everybody together.

    To decide whether an item is settled: the most probable accuracy of somebody who has voted twice is too
    good to stop at (crowd_cf: 1.25 votes an item and .79 right, where 2.15 votes give .84).
    """
    return with_caution(*right(votes, posterior), votes.classes)


def with_caution(agreed: Array, cast: Array, classes: int) -> OneCoin:
    """Return what `cautious` does of people who were right so often of so many votes, (annotators,)."""
    pooled = (agreed.sum() + PRIOR_RIGHT) / (cast.sum() + PRIOR_RIGHT + PRIOR_WRONG)
    return OneCoin((agreed + CAUTION * pooled) / (cast + CAUTION), float(pooled), classes)


def tallies(votes: Votes, posterior: Array) -> Array:
    """Return how often each annotator said each class where each was true, in expectation.

    (annotators, true class, class said).
    """
    by_said = votes.told.T @ posterior
    return by_said.reshape(votes.annotators, votes.classes, votes.classes).transpose(0, 2, 1)


def confusions(votes: Votes, posterior: Array, *, shrink: float = SHRINK) -> Confusions:
    """Return everybody's confusion matrix, each row with `shrink` votes added from everybody together.

    Dawid and Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm", Applied
    Statistics 28 (1979), is `shrink` 0.
    """
    found = tallies(votes, posterior)
    # A class nobody has met yet is believed to be told more often than not.
    pooled = found.sum(axis=0) + 0.1 + 0.5 * np.eye(votes.classes)
    pooled /= pooled.sum(axis=1, keepdims=True)
    shrunk = found + max(shrink, 1e-9) * pooled
    return Confusions(np.maximum(shrunk / shrunk.sum(axis=2, keepdims=True), 1e-9), pooled)


def interval(agreed: Array, cast: Array, *, level: float = 0.9) -> tuple[Array, Array, Array]:
    """Return mean, lower and upper end of the accuracy of people who were right so often of so many votes.

    The equal-tailed interval of the posterior Beta(4 + right, 1 + wrong). Counted on gold it is exact; with
    expected counts it leaves out that the consensus itself may be wrong.
    """
    from scipy.special import betaincinv

    up, down = PRIOR_RIGHT + np.asarray(agreed, float), PRIOR_WRONG + np.asarray(cast, float) - agreed
    tail = (1 - level) / 2
    return up / (up + down), betaincinv(up, down, tail), betaincinv(up, down, 1 - tail)


def agreed(accuracy: Array, cast: Array) -> Array:
    """Return of how many votes people were right whose mean `interval` found: its inverse, (annotators,)."""
    return np.asarray(accuracy) * (np.asarray(cast) + PRIOR_RIGHT + PRIOR_WRONG) - PRIOR_RIGHT


def gold_rate(share: float, low: float, high: float) -> float:
    """Return which share of a person's looks should be gold: two fifths once the interval is ± 5 points."""
    return SETTLED_PART * share if (high - low) / 2 < SETTLED else share
