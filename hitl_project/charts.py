"""The geometry of the dashboard's two charts, in the units of an SVG's viewBox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from hitl_project.flow import Step

WIDTH, HEIGHT = 720, 180


@dataclass(frozen=True)
class Block:
    """One rectangle of a bar: which part it stands for, where it is."""

    part: str
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """One step's bar: its place, its blocks from the ground up, and its words."""

    x: float
    width: float
    blocks: tuple[Block, ...]
    words: str


@dataclass(frozen=True)
class Line:
    """A line through the steps that have a value: one path per unbroken stretch, and its last point."""

    paths: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]


def ceiling(value: float) -> int:
    """Return the next round number from `value` up: 1, 2 or 5 times a power of ten; at least 1."""
    if value <= 1:
        return 1
    power = 10 ** int(log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def bars(steps: Sequence[Step], words: Sequence[str], top: int) -> list[Bar]:
    """Return a stacked bar for each step, where `top` is the value of the upper edge."""
    slot = WIDTH / max(len(steps), 1)
    gap = min(slot * 0.3, 12)
    drawn = []
    for number, (step, said) in enumerate(zip(steps, words, strict=True)):
        ground, blocks = float(HEIGHT), []
        for part in ("automated", "human", "expert"):
            height = HEIGHT * getattr(step, part) / top
            ground -= height
            if height:
                blocks.append(Block(part, round(ground, 2), round(height, 2)))
        drawn.append(Bar(round(number * slot + gap / 2, 2), round(slot - gap, 2), tuple(blocks), said))
    return drawn


def line(values: Sequence[float | None]) -> Line:
    """Return the line through shares from 0 to 1, broken where there is none; lone points are dots."""
    slot = WIDTH / max(len(values), 1)
    stretches: list[list[tuple[float, float]]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            stretches.append([])
        else:
            stretches[-1].append((round((number + 0.5) * slot, 2), round(HEIGHT * (1 - value), 2)))
    paths = tuple(_path(points) for points in stretches if len(points) > 1)
    ends = [points[-1] for points in stretches if points]
    lone = [points[0] for points in stretches if len(points) == 1]
    return Line(paths, tuple(dict.fromkeys([*lone, *ends[-1:]])))


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
