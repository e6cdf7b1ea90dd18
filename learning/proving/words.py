"""What a proof says, in words, and its curves as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log
from typing import Any

WIDTH, HEIGHT = 720, 260  # the units of the picture's viewBox
ROUND = (5, 10, 20, 50, 100, 200, 500, 1_000)
ARMS = ("random", "chosen")  # the one that is drawn last lies on top


@dataclass(frozen=True)
class Drawn:
    """One arm's curve: a line, the band about it, and where it ends."""

    arm: str
    line: str
    band: str
    end: tuple[float, float]
    labels: int
    score: float


@dataclass(frozen=True)
class Picture:
    """Both curves over the logarithm of the number of labels; `low` and `high` are the edges' scores."""

    arms: tuple[Drawn, ...]
    level: float  # the height of the score at which the arms were compared
    low: float
    high: float
    ticks: tuple[
        tuple[float, float, int], ...
    ]  # across, the same in percent of the width, and the labels there
    width: int = WIDTH
    height: int = HEIGHT


def sentence(saving: float, low: float, high: float) -> str:
    """Return the saving as one says it: 2.3 times fewer labels, or 1.4 times more."""
    if saving >= 1:
        return f"{saving:.1f} times fewer labels, 95 % interval {low:.1f} to {high:.1f}"
    more = f"{1 / saving:.1f} times more labels, 95 % interval {1 / high:.1f} to {1 / low:.1f}"
    return more if high < 1 else f"{more} (below 1: fewer)"


def picture(curves: Mapping[str, Any]) -> Picture | None:
    """Return the picture of a proof's curves, or None where it has none."""
    points = {arm: curves.get(arm, []) for arm in ARMS}
    if not all(points.values()):
        return None
    every = [point for arm in ARMS for point in points[arm]]
    high = ceil(max(point[3] for point in every) * 10) / 10
    low = min(floor(min(point[2] for point in every) * 10) / 10, high - 0.1)
    first, last = min(point[0] for point in every), max(point[0] for point in every)

    def at(labels: float, score: float) -> tuple[float, float]:
        across = log(labels / first) / log(last / first)
        return round(WIDTH * across, 1), round(HEIGHT * (high - score) / (high - low), 1)

    shorter = min(points.values(), key=lambda arm: arm[-1][0])
    ticks = [one for one in ROUND if first <= one <= last]
    return Picture(
        tuple(_drawn(arm, points[arm], at) for arm in ARMS),
        at(last, shorter[-1][1])[1],
        low,
        high,
        tuple((at(one, low)[0], round(100 * at(one, low)[0] / WIDTH, 1), one) for one in ticks),
    )


def _drawn(arm: str, points: Sequence[Sequence[float]], at: Any) -> Drawn:
    line = [at(labels, score) for labels, score, _, _ in points]
    above = [at(labels, high) for labels, _, _, high in points]
    below = [at(labels, low) for labels, _, low, _ in reversed(points)]
    band = _path([*above, *below]) + "Z"
    return Drawn(arm, _path(line), band, line[-1], int(points[-1][0]), points[-1][1])


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
