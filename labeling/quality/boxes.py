"""Boxes that can hardly be meant: next to nothing, the whole image, beyond its edge, or the same twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from labeling.quality.doubts import Doubt, together
from routing.similarity import overlaps

TINY = 3.0  # pixels of the shorter side
TINY_SHARE = 0.002  # of the image's side
WHOLE = 0.98  # of the image's area
TWINS = 0.9  # intersection over union
ONE_PLACE = 0.97  # of two classes: things inside each other are never as near as this


def impossible(label: Any, payload: Mapping[str, Any]) -> Doubt | None:
    """Return a doubt about boxes {label, box: [x1, y1, x2, y2] in pixels}; None for any other label."""
    if not _is_boxes(label):
        return None
    size = payload.get("width"), payload.get("height")
    found = list(_alone(label, size)) if all(size) else []
    return together("impossible_box", [*found, *_twins(label)])


def _is_boxes(label: Any) -> bool:
    return isinstance(label, list) and all(isinstance(one, dict) and "box" in one for one in label)


def _alone(label: Sequence[Mapping[str, Any]], size: tuple[float, float]) -> Iterator[tuple[float, str]]:
    """Yield what is odd about single boxes."""
    width, height = size
    for number, one in enumerate(label, start=1):
        x1, y1, x2, y2 = one["box"]
        name = f"box {number} ({one['label']})"
        across, down = x2 - x1, y2 - y1
        if across < max(TINY, TINY_SHARE * width) or down < max(TINY, TINY_SHARE * height):
            yield 0.8, f"{name} is only {across:.4g} × {down:.4g} pixels"
        if across * down >= WHOLE * width * height:
            yield 0.5, f"{name} covers the whole image"
        if min(x1, y1) < 0 or x2 > width or y2 > height:
            yield 0.9, f"{name} lies beyond the image"


def _twins(label: Sequence[Mapping[str, Any]]) -> Iterator[tuple[float, str]]:
    """Yield the pairs of boxes that lie upon each other."""
    if len(label) < 2:
        return
    shared = np.triu(overlaps([one["box"] for one in label], [one["box"] for one in label]), k=1)
    for i, j in np.argwhere(shared >= TWINS):
        one, other = label[i]["label"], label[j]["label"]
        if one == other:
            yield 0.9, f"boxes {i + 1} and {j + 1} are the same {one} twice"
        elif shared[i, j] >= ONE_PLACE:
            yield 0.6, f"boxes {i + 1} and {j + 1} are one place called {one} and {other}"
