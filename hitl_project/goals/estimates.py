"""From sums to figures with 95 % intervals, and whether a target is met, missed, or can't be told yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, exp, sqrt

from hitl_project.goals.figures import Aim
from routing.backtest.estimates import Z, wilson

FEWEST = 50  # amounts from which on a mean has an interval: from fewer it missed the truth too often
MOST = 1_000_000  # observations beyond which nobody plans
MOST_DARK = 0.1  # share of decisions of which nothing may be known before a figure says too little of all


@dataclass(frozen=True, slots=True)
class Drawn:
    """Sums over answers that were drawn with known chances: how many, weights, weights of hits, squares."""

    count: int = 0
    weight: float = 0.0
    hit: float = 0.0
    squares: float = 0.0

    def __add__(self, other: Drawn) -> Drawn:
        return Drawn(
            self.count + other.count,
            self.weight + other.weight,
            self.hit + other.hit,
            self.squares + other.squares,
        )

    def missed(self) -> Drawn:
        """Return the same answers with hits and misses exchanged."""
        return Drawn(self.count, self.weight, self.weight - self.hit, self.squares)


def counted(count: int, hits: int) -> Drawn:
    """Return the sums of answers that all weigh one."""
    return Drawn(count, count, hits, count)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Sums over amounts: how many, their sum, the sum of their squares."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.count + other.count, self.total + other.total, self.squares + other.squares)


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval, from so many observations; None where these tell nothing.

    `effective` is, of a share, how many equal answers would say as much. `dark` is the share of decisions of
    which nothing is known.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    count: int = 0
    effective: float | None = None
    dark: float = 0.0


class Verdict(StrEnum):
    """How a figure stands to its target."""

    MET = "met"
    MISSED = "missed"
    UNDECIDED = "too few to tell"
    UNKNOWN = "nothing measured yet"
    FREE = "no target"


def share(parts: Sequence[tuple[float, Drawn]]) -> Estimate:
    """Return the share of hits over strata, each a pair of how many it stands for and what was drawn of it.

    The stratified Hájek estimate (1971; Cochran, "Sampling techniques", 1977, chapter 5). Its interval takes
    in two, since each fails where the other holds: Wilson's (1927) at Kish's effective size (1965), too
    narrow where a stratum that was hardly looked at is worse than others; and the strata's own put together
    (Zou and Donner, Statistics in Medicine 27, 2008), too narrow where many strata have next to no answers.
    Strata in which nothing was drawn are left out, and told of by `dark`; where they are the greater part
    there is no figure.
    """
    people = sum(size for size, _ in parts if size > 0)
    known = [(size, drawn) for size, drawn in parts if size > 0 and drawn.count]
    seen = sum(size for size, _ in known)
    if seen * 2 < people or not seen:  # a figure of the smaller part would be taken for that of all
        return Estimate(
            count=sum(drawn.count for _, drawn in known), dark=1 - seen / people if people else 0.0
        )
    value = sum(size * drawn.hit / drawn.weight for size, drawn in known) / seen
    effective = 1 / sum((size / seen) ** 2 * drawn.squares / drawn.weight**2 for size, drawn in known)
    value = min(max(value, 0.0), 1.0)
    low, high = wilson(value, effective)
    below, above = _beyond([(size / seen, drawn) for size, drawn in known])
    low, high = min(low, max(value - below, 0.0)), max(high, min(value + above, 1.0))
    count = sum(drawn.count for _, drawn in known)
    return Estimate(value, low, high, count, effective, 1 - seen / people)


def _beyond(known: Sequence[tuple[float, Drawn]]) -> tuple[float, float]:
    """Return how far the interval reaches below and above the whole, from each stratum's own interval."""
    below = above = 0.0
    for part, drawn in known:
        share = min(max(drawn.hit / drawn.weight, 0.0), 1.0)
        low, high = wilson(share, drawn.weight**2 / drawn.squares)
        below, above = below + (part * (share - low)) ** 2, above + (part * (high - share)) ** 2
    return sqrt(below), sqrt(above)


def mean(of: Amounts) -> Estimate:
    """Return the mean with its interval; without one below FEWEST amounts.

    Normal on the scale of logarithms: amounts of time and money are many small ones and few large ones.
    """
    if not of.count:
        return Estimate()
    value = of.total / of.count
    if of.count < FEWEST:
        return Estimate(value, count=of.count)
    variance = max(of.squares / of.count - value**2, 0.0) * of.count / (of.count - 1)
    return Estimate(value, *_around(value, Z * sqrt(variance / of.count)), of.count)


def per_hour(seconds: Amounts) -> Estimate:
    """Return how many go into an hour, from the seconds each took: the mean turned over."""
    took = mean(seconds)
    if not took.value:
        return Estimate(count=took.count)
    if not took.low:
        return Estimate(3600 / took.value, count=took.count)
    return Estimate(3600 / took.value, 3600 / took.high, 3600 / took.low, took.count)


def per_decision(costs: Amounts, decisions: int) -> Estimate:
    """Return the sum of costs for each decision.

    The number of looks is taken as Poisson, so that the variance of their sum is the sum of their squares
    (compound Poisson); the interval is normal on the scale of logarithms.
    """
    if not decisions:
        return Estimate()
    value = costs.total / decisions
    if costs.count < FEWEST:
        return Estimate(value, count=costs.count)
    return Estimate(value, *_around(value, Z * sqrt(costs.squares) / decisions), costs.count)


def _around(value: float, half: float) -> tuple[float, float]:
    """Return the ends of an interval as many times below a positive figure as above it."""
    if value <= 0:
        return value - half, value + half
    factor = exp(min(half / value, 50.0))
    return value / factor, value * factor


def together(several: Sequence[Estimate]) -> Estimate:
    """Return the mean of figures that can't be added up, each weighing as much as it has observations."""
    known = [one for one in several if one.value is not None]
    count = sum(one.count for one in known)
    if not count:
        return Estimate()
    value = sum(one.count * one.value for one in known) / count
    if any(one.low is None for one in known):
        return Estimate(value, count=count)
    half = sqrt(sum((one.count * (one.high - one.low) / 2) ** 2 for one in known)) / count
    return Estimate(value, value - half, value + half, count)


def verdict(found: Estimate, target: float | None, aim: Aim) -> Verdict:
    """Return how a figure stands to its target: met or missed only where the whole interval says so."""
    if target is None:
        return Verdict.FREE
    if found.value is None:
        return Verdict.UNKNOWN
    if found.low is None or found.high is None or found.dark > MOST_DARK:
        return Verdict.UNDECIDED
    met, missed = found.low >= target, found.high < target
    if aim is Aim.MOST:
        met, missed = found.high <= target, found.low > target
    return Verdict.MET if met else Verdict.MISSED if missed else Verdict.UNDECIDED


def more(found: Estimate, target: float) -> int | None:
    """Return about how many more observations would tell, were the figure to stay as it is.

    None where no number would: the figure is the target, or part of the decisions is not looked at at all.
    For shares Wilson's interval leaves the target out once z² t (1 − t) / (p − t)² answers are there; other
    intervals shrink with the root of their number.
    """
    if found.value is None or found.dark > MOST_DARK:
        return None
    if found.low is None or found.high is None:
        return max(FEWEST - found.count, 0) or None
    gap = abs(found.value - target)
    if not gap or not found.count:
        return None
    if found.effective:
        needed = Z * Z * target * (1 - target) / gap**2 / found.effective
    else:
        needed = (max(found.value - found.low, found.high - found.value) / gap) ** 2
    wanted = max(ceil(min(found.count * needed, 2 * MOST)) - found.count, 1)
    return wanted if wanted <= MOST else None
