"""Whether a challenger's confidences may be relied on, and how much could be automated by them."""

from dataclasses import dataclass

import numpy as np

from learning.judging.evaluation import automation
from learning.judging.evidence import Evidence, Finding, Margins
from learning.judging.reliability import Error, calibration_error
from routing.certify import Batch, Target, begin, threshold, update
from routing.certify.oracle import shares

BLOCKS, ROUNDS = 8, 25  # of resamples: few at a time, so that memory is bounded
SLIGHT = 1e-3  # of a Brier score, which goes from 0 to 2: what nobody would notice
ONE_SIDED = 1.645  # standard errors that a fall must exceed to be told from chance at 5 %
BATCH = 100  # labels after which a certificate's bet is set anew
MOST_ALPHA = 0.5  # a target above it says nothing


@dataclass(frozen=True)
class Automation:
    """How much each of two models could automate at one error rate.

    `target` is that rate; `was` and `now` are the shares that the best threshold lets through on the held-out
    labels, `error` the standard error of their difference. `proven_was` and `proven_now` are the shares that
    a certificate proves when it is replayed on the same labels; 0: they are too few.
    """

    target: Target
    was: float
    now: float
    error: float
    proven_was: float
    proven_now: float


def calibrated(champion: Evidence | None, challenger: Evidence, margins: Margins) -> Finding:
    """Find whether confidence and accuracy lie apart by more than allowed, beyond chance.

    Where the champion's do so no less, refusing would keep the worse of the two.
    """
    found = _error(challenger)
    passed = found.low <= margins.ece
    reason = (
        f"confidence and accuracy lie {found.value * 100:.1f} points apart on average "
        f"({found.low * 100:.1f} to {found.high * 100:.1f}; allowed {margins.ece * 100:.1f})"
    )
    if not passed and champion is not None and (before := _error(champion)).value >= found.value:
        return Finding(True, f"{reason}; the champion's {before.value * 100:.1f}")
    return Finding(passed, reason if passed else f"confidences can't be relied on: {reason}")


def brier(champion: Evidence, challenger: Evidence, margins: Margins) -> Finding:
    """Find whether the probabilities as a whole got worse, by more than the margin and beyond chance."""
    was, now = champion.brier, challenger.brier
    error = _standard_error(challenger.brier_rows - champion.brier_rows, challenger.weight)
    worst = max(was * (1 + margins.brier), was + SLIGHT)
    passed = now <= worst or now - was <= ONE_SIDED * error
    reason = f"Brier score {was:.4f} → {now:.4f} (lower is better; standard error of the change {error:.4f})"
    return Finding(passed, reason if passed else f"probabilities got worse: {reason}")


def automated(found: Automation, margins: Margins) -> Finding:
    """Find whether less could be automated at the same error rate, by more than the margin and chance."""
    passed = found.now >= found.was - max(margins.automation, ONE_SIDED * found.error)
    of = "automated" if found.target.of == "automated" else "decisions"
    reason = f"with {found.target.alpha:.1%} wrong of the {of}, "
    reason += f"{found.was:.1%} → {found.now:.1%} could be automated"
    if found.proven_was or found.proven_now:
        reason += f" (proven by these labels alone: {found.proven_was:.1%} → {found.proven_now:.1%})"
    return Finding(passed, reason if passed else f"less could be automated: {reason}")


def compare(champion: Evidence, challenger: Evidence, margins: Margins) -> Automation:
    """Return how much each of the two could automate at the same error rate.

    Not at the same confidence: a champion that is right less often than it says automates much, wrongly, and
    an honest challenger would seem to fall behind. The rate is that of `margins.target`; without one what
    the champion makes from the threshold in force on, or what that threshold promises if that is more. The
    error of the difference is by the paired Poisson bootstrap (Chamandy and others 2012).
    """
    target = margins.target or _errors_in_force(champion, margins)
    weights, random = challenger.weight, np.random.default_rng(0)
    gaps = []
    for _ in range(BLOCKS):
        drawn = weights * random.poisson(1.0, (ROUNDS, len(weights)))
        gaps.append(_shares(challenger, target, drawn) - _shares(champion, target, drawn))
    return Automation(
        target,
        float(_shares(champion, target, weights[None])[0]),
        float(_shares(challenger, target, weights[None])[0]),
        float(np.std(gaps)),
        proven_share(champion, target),
        proven_share(challenger, target),
    )


def proven_share(evidence: Evidence, target: Target) -> float:
    """Return the share of decisions above the threshold that a certificate proves on these labels; 0: none.

    The betting certificate of `routing.certify`, fed in the order in which the labels came. Of rows that
    stand for several items the others count as decisions that were not drawn.
    """
    weights = np.maximum(evidence.weight, 1.0)
    state = begin(target, np.repeat(evidence.top, np.round(weights).astype(int)))
    for start in range(0, len(weights), BATCH):
        state = update(state, _batch(evidence, weights, slice(start, start + BATCH)))
    found = threshold(state)
    return found.share if found else 0.0


def _batch(evidence: Evidence, weights: np.ndarray, part: slice) -> Batch:
    times = np.round(weights[part]).astype(int)
    drawn = np.zeros(times.sum(), bool)
    drawn[np.cumsum(times) - times] = True
    chances = np.repeat(1 / weights[part], times)
    # The first of each is the labelled one; a row that is certain to be labelled stands for itself alone.
    return Batch(
        np.repeat(evidence.top[part], times),
        chances,
        drawn | (chances == 1),
        np.repeat(~evidence.right[part], times),
    )


def _errors_in_force(champion: Evidence, margins: Margins) -> Target:
    _, right = automation(champion.probabilities, champion.labels, margins.threshold, champion.weight)
    made = 0.0 if right is None else 1 - right
    # A hair more: the champion's own share must hold at the rate that was computed from it.
    rate = max(made, 1 - margins.threshold) + 1e-9
    return Target(float(np.clip(rate, 0.001, MOST_ALPHA)), of="automated")


def _shares(evidence: Evidence, target: Target, weights: np.ndarray) -> np.ndarray:
    return shares(evidence.top, ~evidence.right, weights, target)


def _error(evidence: Evidence) -> Error:
    return calibration_error(evidence.top, evidence.right, evidence.weight)


def _standard_error(gap: np.ndarray, weights: np.ndarray) -> float:
    weights = weights / weights.sum()
    return float(np.sqrt(float(np.square(weights) @ np.square(gap - weights @ gap))))
