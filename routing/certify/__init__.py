"""The loosest auto-approve threshold that is proven to hold an error target, however often one looks.

A betting certificate after Xu, Karampatziakis and Mineiro, "Active, anytime-valid risk controlling
prediction sets", arXiv 2406.10490; thresholds are tried in a fixed order (Angelopoulos and others, "Learn
then test", arXiv 2110.01052). For each threshold a gambler bets that the target holds. Were it broken, his
wealth would be a nonnegative supermartingale, which ever reaches 1/δ with probability at most δ (Ville's
inequality). So, for one model and exchangeable traffic, the chance that a certified threshold is ever wrong
is at most δ.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from routing.certify.tallies import Array, Batch, Counts, Tally, tally

__all__ = ["Batch", "Certificate", "State", "Target", "audits_to_go", "begin", "threshold", "update"]

POINTS = 50
FIRST_SHARE = {"automated": 0.3, "decisions": 0.0}
PRIOR_WEIGHT = 400
BOLDNESS = (0.02, 0.8)


@dataclass(frozen=True)
class Target:
    """At most `alpha` errors, with confidence 1 - `delta`, `of` all decisions or of the automated ones.

    An error counts when the server made it: over "decisions" the errors among the automated are divided by
    all decisions, the reviewed ones included. Raises ValueError unless alpha and delta lie between 0 and 1.
    """

    alpha: float
    delta: float = 0.05
    of: str = "decisions"

    def __post_init__(self) -> None:
        if not (0 < self.alpha < 1 and 0 < self.delta < 1):
            raise ValueError("The error target and its risk must lie between 0 and 1.")
        if self.of not in FIRST_SHARE:
            raise ValueError(f"{self.of!r} is none of {tuple(FIRST_SHARE)}.")

    @property
    def proof(self) -> float:
        """The logarithm of the wealth that proves a threshold."""
        return -math.log(self.delta)


@dataclass(frozen=True, eq=False)
class State:
    """What was bet so far: arrays of shape (..., thresholds), the leading axes being independent streams.

    `grid` falls, from the strictest threshold on; `start` is the place in it where the walk begins. `wealth`
    and `best` (its maximum so far) are natural logarithms. `lost` and `weight` are the losses and the labels
    at or above each threshold, each divided by its probability; `seen` and `labelled` count the decisions
    and labels there, `decisions` and `labels` (shape (..., 1)) count all.
    """

    target: Target
    grid: Array
    start: int
    wealth: Array
    best: Array
    lost: Array
    weight: Array
    seen: Counts
    labelled: Counts
    decisions: Counts
    labels: Counts

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON-able values, from which `from_json` makes the same, bit for bit."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in values.items()
        } | {"target": vars(self.target).copy()}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> State:
        """Return the state that `to_json` wrote."""
        counts = ("seen", "labelled", "decisions", "labels")
        arrays = {
            name: np.asarray(value, dtype=np.int64 if name in counts else np.float64)
            for name, value in given.items()
            if name not in ("target", "start")
        }
        return cls(target=Target(**given["target"]), start=int(given["start"]), **arrays)


@dataclass(frozen=True)
class Certificate:
    """A threshold that is proven, and by what.

    `share`: the part of the decisions so far at or above it. `decisions` and `labels`: how many were seen,
    and labelled, in all; `labelled` and `weight`: the labels at or above it, and the sum of their inverse
    probabilities. `estimate`: the weighted error rate there, in the unit of the target. `evidence`: the
    largest log wealth, proven from `proof` on.
    """

    method: str
    target: Target
    threshold: float
    share: float
    decisions: int
    labels: int
    labelled: int
    weight: float
    estimate: float
    evidence: float
    proof: float

    def to_json(self) -> dict[str, Any]:
        """Return the certificate as JSON-able values."""
        return vars(self) | {"target": vars(self.target).copy()}


def begin(target: Target, scores: ArrayLike, *, points: int = POINTS) -> State:
    """Return a state without evidence; its thresholds are quantiles of `scores`, such as last month's.

    The scores must have been given before any label that the state will be fed with. The share of automated
    items that are wrong is walked from the threshold that covers 30 % of them, since it is not monotone and
    few labels lie above; the share of decisions is, and is walked from the strictest. Raises ValueError
    without a finite score.
    """
    known = np.asarray(scores, dtype=np.float64)
    known = known[np.isfinite(known)]
    if not known.size:
        raise ValueError("Thresholds are chosen from scores, and there is none.")
    levels = 1 - np.arange(1, points + 1) / points
    # Thresholds are scores that occurred, and not between two, so that `>=` means the same everywhere.
    grid = np.unique(np.quantile(known, levels, method="inverted_cdf"))[::-1].copy()
    covered = np.array([(known >= one).mean() for one in grid])
    start = int(np.argmax(covered >= FIRST_SHARE[target.of]))
    return empty(target, grid, start)


def empty(target: Target, grid: Array, start: int, *, streams: tuple[int, ...] = ()) -> State:
    """Return a state without evidence over a falling `grid`, for as many independent streams as wanted."""
    floats, counts = (np.zeros((*streams, len(grid)), dtype=kind) for kind in (np.float64, np.int64))
    whole = np.zeros((*streams, 1), dtype=np.int64)
    return State(target, grid, start, floats, floats, floats, floats, counts, counts, whole, whole)


def update(state: State, batch: Batch) -> State:
    """Return the state after a batch. Equal batches in equal order give equal bits, so a trail replays it."""
    return absorb(state, tally(batch, state.grid))


def absorb(state: State, new: Tally) -> State:
    """Return the state after a counted batch, each stream on its own; the bet was fixed before it."""
    alpha = state.target.alpha
    per_kind = (-1, *[1] * (new.counts.ndim - 1))
    loss, chance = new.losses.reshape(per_kind), new.probabilities.reshape(per_kind)
    stake = bet(state, new.least)
    # Of several streams, some have no label of a kind: what it would have done must still be a number.
    open_to = np.maximum(chance, new.least)
    if state.target.of == "automated":
        gain = (new.counts * np.log1p(stake * (alpha - loss) / open_to)).sum(axis=0)
    else:
        gain = (new.counts * (np.log1p(stake * (alpha - loss / open_to)) - np.log1p(stake * alpha))).sum(
            axis=0
        )
        gain = gain + new.decisions * np.log1p(stake * alpha)
    wealth = state.wealth + gain
    return replace(
        state,
        wealth=wealth,
        best=np.maximum(state.best, wealth),
        lost=state.lost + (new.counts * (loss / chance)).sum(axis=0),
        weight=state.weight + (new.counts / chance).sum(axis=0),
        seen=state.seen + new.seen,
        labelled=state.labelled + new.counts.sum(axis=0),
        decisions=state.decisions + new.decisions,
        labels=state.labels + new.labels,
    )


def bet(state: State, least: Array | float) -> Array:
    """Return the stake on each threshold in the next batch, in which no label has a chance below `least`.

    It is Kelly's for an error rate estimated so far, drawn to half the target by 400 imagined decisions, and
    is held so low that no label can lose more than four fifths of the wealth.
    """
    alpha = state.target.alpha
    boldness = np.clip(1 - error_rate(state, PRIOR_WEIGHT) / alpha, *BOLDNESS)
    worst = (1 - alpha) / least if state.target.of == "automated" else 1 / least - alpha
    return boldness / worst


def error_rate(state: State, prior: float = 0.0) -> Array:
    """Return the weighted error rate at each threshold, nan where nothing is known.

    `prior` is how many imagined decisions at half the target are mixed in.
    """
    automated = state.target.of == "automated"
    size = state.weight if automated else np.broadcast_to(state.decisions, state.lost.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (state.lost + prior * state.target.alpha / 2) / (size + prior)


def steps(state: State) -> Counts:
    """Return how many thresholds in a row, from the start of the walk, are proven; shape (...)."""
    passed = state.best[..., state.start :] >= state.target.proof
    return np.cumprod(passed, axis=-1, dtype=np.int64).sum(axis=-1)


def threshold(state: State) -> Certificate | None:
    """Return the loosest proven threshold of a single stream; None is "not yet": people decide everything."""
    proven = int(steps(state))
    if not proven:
        return None
    at = state.start + proven - 1
    return certificate(state, at, evidence=float(state.best[at]))


def certificate(state: State, at: int, *, evidence: float, method: str = "betting") -> Certificate:
    """Return the certificate for the threshold at that place in the grid of a single stream."""
    return Certificate(
        method=method,
        target=state.target,
        threshold=float(state.grid[at]),
        share=float(state.seen[at] / state.decisions[0]),
        decisions=int(state.decisions[0]),
        labels=int(state.labels[0]),
        labelled=int(state.labelled[at]),
        weight=float(state.weight[at]),
        estimate=float(error_rate(state)[at]),
        evidence=evidence,
        proof=state.target.proof,
    )


def audits_to_go(state: State, probability: float = 1.0) -> int | None:
    """Return about how many more labels it takes until the next threshold of the walk is proven.

    It assumes the error rate estimated so far and labels drawn with that `probability`; it counts labels at
    or above the threshold where the target is of the automated. 0: the loosest is proven already. None: the
    error rate there is not below the target, so that no number of labels would do.
    """
    at = state.start + int(steps(state))
    if at == len(state.grid):
        return 0
    alpha, rate = state.target.alpha, float(error_rate(state, PRIOR_WEIGHT)[at])
    if rate >= alpha:
        return None
    stake = float(bet(state, probability)[at])
    if state.target.of == "automated":
        growth, labels = _growth(stake, alpha / probability, (alpha - 1) / probability, rate), 1.0
    else:
        growth = _growth(stake, alpha, alpha - 1 / probability, rate * probability)
        share = float(state.seen[at] / state.decisions[0]) if state.decisions[0] else 1.0
        labels = 1 - share * (1 - probability)
    missing = state.target.proof - float(state.wealth[at])
    return math.ceil(missing / growth * labels) if growth > 0 else None


def _growth(stake: float, won: float, lost: float, rate: float) -> float:
    return (1 - rate) * math.log1p(stake * won) + rate * math.log1p(stake * lost)
