"""The geometry of a report's pictures, in the units of an SVG's viewBox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 160
FEWEST = 5  # looks of a week, under which a share says nothing


@dataclass(frozen=True)
class Pair:
    """One bin of two histograms: its place, and both heights from the ground up."""

    x: float
    width: float
    then_y: float
    then: float
    now_y: float
    now: float
    words: str


@dataclass(frozen=True)
class Week:
    """One week's share: its place, its dot and the ends of its interval, None of too few looks."""

    x: float
    y: float | None
    words: str


def histograms(then: Sequence[float], now: Sequence[float], names: Sequence[str]) -> list[Pair]:
    """Return two histograms of shares on one scale, the highest bar as high as the picture."""
    top = max((*then, *now), default=0.0) or 1.0
    slot = WIDTH / max(len(then), 1)
    pairs = []
    for place, (old, new, name) in enumerate(zip(then, now, names, strict=True)):
        heights = round(HEIGHT * old / top, 1), round(HEIGHT * new / top, 1)
        pairs.append(
            Pair(
                x=round(place * slot + slot * 0.1, 1),
                width=round(slot * 0.8, 1),
                then_y=HEIGHT - heights[0],
                then=heights[0],
                now_y=HEIGHT - heights[1],
                now=heights[1],
                words=f"{name}: {100 * old:.1f} % then, {100 * new:.1f} % now",
            )
        )
    return pairs


def weeks(counts: Sequence[Mapping[str, int | str]]) -> tuple[list[Week], str, float]:
    """Return each week's share of overturned answers, the line through them, and the share at the top."""
    shares = [_share(int(one["overturned"]), int(one["looked"])) for one in counts]
    top = max([0.05, *(one * 1.15 for one in shares if one is not None)])
    slot = WIDTH / max(len(counts), 1)
    made = []
    for place, (one, part) in enumerate(zip(counts, shares, strict=True)):
        said = f"from {one['first']}: {one['overturned']} of {one['looked']} overturned"
        y = None if part is None else round(HEIGHT * (1 - part / top), 1)
        made.append(Week(round((place + 0.5) * slot, 1), y, said))
    points = [f"{one.x:g} {one.y:g}" for one in made if one.y is not None]
    return made, "M" + " L".join(points) if len(points) > 1 else "", top


def _share(overturned: int, looked: int) -> float | None:
    return overturned / looked if looked >= FEWEST else None
