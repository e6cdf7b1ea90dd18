"""How many labels of one arm reach the scores that the other arm reaches with its labels.

Two arms of labels grow side by side: the strategy's picks and a random draw. A learner that is the same for
both is fitted to the first 8, 11, 16, … labels of each, and judged by held-out labels. Labels drawn at random
divided by labels chosen for the same score are the saving (the acceleration of Settles 2009, read sideways
off the learning curves). Both curves are compared as far as the shorter one goes, by the same rule: where the
first labels teach all that there is to learn, a longer curve would only have more room to be late in. The
saving is the geometric mean over the scores that the lower curve has at the last LEVELS numbers of labels:
where curves are nearly flat, the last score alone would be reached almost anywhere.

Interval: the bootstrap (Efron 1979) over both draws. Each resampling takes every label of both arms and every
held-out label a Poisson number of times, about one in three not at all (Hanley and MacGibbon 2006), and finds
the saving anew; the order in which labels were asked for is kept. Percentiles of few labels lie too close
together (Hesterberg 2015): so many are left out on either side, TAILS, that the interval holds 1 in about
95 % of worlds where choosing is chance.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

LEAST = 8  # labels from which a curve begins
STEP = 2**0.5  # from one number of labels to the next
REACH = 4  # the larger arm's curve is drawn up to so many times the smaller one
RESAMPLES = 80
TAILS = 0.005
LEVELS = 4  # scores at which the arms are compared

# (rows, weights) of labels → for each held-out label 1 where the model that they give is right, else 0.
Learn = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Arms:
    """Row numbers of labels: what both arms start from, and what each adds, in the order of the labels."""

    base: np.ndarray
    chosen: np.ndarray
    random: np.ndarray


@dataclass(frozen=True)
class Curve:
    """Scores (m,) of the first `labels` (m,) of an arm, and the 95 % band about them."""

    labels: np.ndarray
    score: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Comparison:
    """Both curves, and how many times fewer labels choosing needs, with its 95 % interval."""

    chosen: Curve
    random: Curve
    saving: float
    low: float
    high: float


def compare(
    arms: Arms,
    learn: Learn,
    stands_for: np.ndarray,
    *,
    resamples: int = RESAMPLES,
    rng: np.random.Generator,
) -> Comparison:
    """Return the comparison of two arms of LEAST labels or more each.

    `stands_for` (held-out labels,) says how many items each held-out label speaks for: scores are means
    weighted by it (Hájek 1971). The saving is the median of the resamplings. Nothing is compared
    below LEAST labels and beyond the smaller arm: an interval that ends there may reach further.
    """
    few = min(len(arms.chosen), len(arms.random))
    if few < LEAST:
        raise ValueError(f"{few} labels in an arm; {LEAST} are the least")
    both = (arms.chosen, arms.random)
    grids = [sizes(few, min(len(arm), REACH * few)) for arm in both]
    count = 1 + max(int(rows.max(initial=-1)) for rows in (arms.base, *both))
    scores: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    savings = []
    for turn in range(resamples + 1):
        # The first turn is what the labels say as they are.
        weights = rng.poisson(1.0, count).astype(float) if turn else np.ones(count)
        judges = stands_for * (rng.poisson(1.0, len(stands_for)) if turn else 1.0)
        found = [
            _scores(arms.base, arm, grid, learn, weights, judges)
            for arm, grid in zip(both, grids, strict=True)
        ]
        for kept, one in zip(scores, found, strict=True):
            kept.append(one)
        if turn:
            savings.append(saving(grids[0], found[0], grids[1], found[1]))
    low, middle, high = np.quantile(savings, [TAILS, 0.5, 1 - TAILS])
    curves = [_curve(grid, np.array(kept)) for grid, kept in zip(grids, scores, strict=True)]
    return Comparison(*curves, float(middle), float(low), float(high))


def sizes(few: int, most: int) -> np.ndarray:
    """Return numbers of labels from about LEAST over `few` to `most`, each STEP times the one before."""
    below, above = (int(np.log(ratio) / np.log(STEP) + 1e-9) for ratio in (few / LEAST, most / few))
    return np.unique(np.append(np.round(few * STEP ** np.arange(-below, above + 1)), most).astype(int))


def saving(
    chosen: np.ndarray, chosen_scores: np.ndarray, random: np.ndarray, random_scores: np.ndarray
) -> float:
    """Return how many times fewer chosen labels than random ones give the same score.

    The scores are those that the lower curve has at the last LEVELS numbers of labels of the shorter.
    Swapping the arms turns the saving round, whatever their sizes; curves that are alike give 1.
    """
    most = min(chosen[-1], random[-1])
    steps = [
        rising(np.log(labels[labels <= most]), scores[labels <= most])
        for labels, scores in ((chosen, chosen_scores), (random, random_scores))
    ]
    found = []
    for labels in most / STEP ** np.arange(LEVELS):
        level = min(np.interp(np.log(labels), *curve) for curve in steps)
        found.append(np.log(reached(*steps[1], level)) - np.log(reached(*steps[0], level)))
    return float(np.exp(np.mean(found)))


def reached(places: np.ndarray, heights: np.ndarray, score: float) -> float:
    """Return with how many labels a curve of these steps (as of `rising`) comes to the score.

    Between the middles of its steps it is a straight line over the logarithm of labels.
    """
    return float(np.exp(np.interp(score, heights, places)))


def rising(places: np.ndarray, heights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the steps of the rising curve that is nearest: their middles and their heights.

    That is isotonic regression by pooling adjacent violators (Ayer et al. 1955): the first of many noisy
    points beyond a score would be too early.
    """
    steps: list[tuple[float, float, int]] = []  # sums of places and heights, and how many points
    for place, height in zip(places, heights, strict=True):
        step = (float(place), float(height), 1)
        while steps and steps[-1][1] / steps[-1][2] >= step[1] / step[2]:
            last = steps.pop()
            step = (last[0] + step[0], last[1] + step[1], last[2] + step[2])
        steps.append(step)
    counts = np.array([count for _, _, count in steps])
    return tuple(np.array([step[part] for step in steps]) / counts for part in (0, 1))


def _scores(
    base: np.ndarray,
    arm: np.ndarray,
    grid: np.ndarray,
    learn: Learn,
    weights: np.ndarray,
    judges: np.ndarray,
) -> np.ndarray:
    found = []
    for size in grid:
        rows = np.concatenate([base, arm[:size]])
        rows = rows[weights[rows] > 0]
        found.append(judges @ learn(rows, weights[rows]) / judges.sum() if len(rows) else 0.0)
    return np.array(found)


def _curve(grid: np.ndarray, scores: np.ndarray) -> Curve:
    """Return the curve of the labels as they are (row 0), with a band as wide as the resamplings are."""
    half = 1.96 * scores[1:].std(axis=0)
    return Curve(grid, scores[0], np.maximum(scores[0] - half, 0.0), np.minimum(scores[0] + half, 1.0))
