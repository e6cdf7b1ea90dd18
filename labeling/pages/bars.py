"""A feature vector as a small bar chart: one SVG path for what is positive, one for what is negative."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_BARS = 256
HEIGHT = 100


@dataclass(frozen=True)
class Bars:
    """A chart of `count` bars, each one unit wide, HEIGHT high; `zero` is the height of the zero line."""

    count: int
    zero: float
    positive: str
    negative: str
    smallest: float
    largest: float
    per_bar: int


def bars(values: Sequence[float]) -> Bars | None:
    """Return the chart of these numbers, or None where there are none.

    Beyond MOST_BARS numbers each bar stands for `per_bar` neighbours and shows the one farthest from zero.
    """
    if not values:
        return None
    per_bar = -(-len(values) // MOST_BARS)
    shown = [max(values[i : i + per_bar], key=abs) for i in range(0, len(values), per_bar)]
    top, bottom = max([0.0, *shown]), min([0.0, *shown])
    scale = HEIGHT / ((top - bottom) or 1.0)
    zero = round(top * scale, 1)
    return Bars(
        count=len(shown),
        zero=zero,
        positive=_path([max(value, 0.0) for value in shown], zero, scale),
        negative=_path([min(value, 0.0) for value in shown], zero, scale),
        smallest=min(values),
        largest=max(values),
        per_bar=per_bar,
    )


def _path(values: Sequence[float], zero: float, scale: float) -> str:
    return "".join(
        f"M{index} {zero}h.8V{round(zero - value * scale, 1)}h-.8z"
        for index, value in enumerate(values)
        if value
    )
