"""The reliability picture of a model's card: how often answers of each confidence are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

SIZE = 300  # of the square, in the units of its SVG
TICKS = 4


@dataclass(frozen=True)
class Mark:
    """One bin: its place, the ends of its interval, and its words."""

    x: float
    y: float
    top: float
    bottom: float
    words: str


@dataclass(frozen=True)
class Picture:
    """The marks, and the shares at the ticks of both axes with their places along them."""

    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, str], ...]
    size: int = SIZE


def picture(bins: Sequence[Mapping[str, Any]]) -> Picture | None:
    """Return the picture of the bins of `judging.report`, or None without any.

    Both axes reach from the lowest share that is drawn, rounded down to a tenth, to 1.
    """
    if not bins:
        return None
    least = min(min(one["confidence"], one["low"]) for one in bins)
    start = min(floor(least * 10) / 10, 0.9)

    def along(share: float) -> float:
        return round((share - start) / (1 - start) * SIZE, 2)

    marks = tuple(
        Mark(
            x=along(one["confidence"]),
            y=SIZE - along(one["accuracy"]),
            top=SIZE - along(one["high"]),
            bottom=SIZE - along(one["low"]),
            words=f"confidence {one['confidence']:.0%}: {one['accuracy']:.0%} right "
            f"({one['low']:.0%} to {one['high']:.0%}), {one['n']} items",
        )
        for one in bins
    )
    shares = [start + (1 - start) * number / TICKS for number in range(TICKS + 1)]
    return Picture(marks, tuple((along(share), f"{share:.1%}".replace(".0%", "%")) for share in shares))
