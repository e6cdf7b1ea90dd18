"""Polygons in a picture: their bounds, their areas, and how well two of them lie on each other.

A polygon is a sequence of at least three corners (x, y). Inside is what an odd number of edges separates from
outside (the even-odd rule), so that one whose edges cross has an area too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Of more crossings than shapes in pictures have, so many are looked at: two polygons of 200 corners may have
# 26,000, which took a second and 280 MB.
MOST_CROSSINGS = 600

Polygon = Sequence[Sequence[float]]
Numbers = NDArray[np.float64]


def bounds(polygon: Polygon) -> list[float]:
    """Return the smallest box around the polygon: x1, y1, x2, y2."""
    across, down = [x for x, _ in polygon], [y for _, y in polygon]
    return [min(across), min(down), max(across), max(down)]


def corners(box: Sequence[float]) -> list[list[float]]:
    """Return a box x1, y1, x2, y2 as a polygon, clockwise on the screen from the top left."""
    x1, y1, x2, y2 = box
    return [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]


def area(polygon: Polygon) -> float:
    """Return the area within the polygon, in squared units of its corners."""
    return _shared([polygon])


def overlap(a: Polygon, b: Polygon) -> float:
    """Return the intersection over union of two polygons with positive areas, in [0, 1]."""
    shared = _shared([a, b])
    return min(1.0, shared / (area(a) + area(b) - shared))


def _shared(polygons: Sequence[Polygon]) -> float:
    """Return the area that lies within all of the polygons.

    The plane is cut into slabs at each corner and each crossing of edges. Within a slab no edges cross, so
    that the width that all share changes linearly with y and its value at half height is its mean (the slab
    decomposition; de Berg et al., "Computational Geometry", 3rd ed., section 6.1). With more than
    MOST_CROSSINGS it is close, not exact.
    """
    edges = [_edges(np.asarray(one, dtype=np.float64)) for one in polygons]
    every = np.concatenate(edges)
    owner = np.repeat(np.arange(len(edges)), [len(one) for one in edges])
    heights = [np.asarray(one, dtype=np.float64)[:, 1] for one in polygons]
    # Each corner stays a cut: at its very height a polygon has an odd number of edges.
    cuts = np.unique(np.concatenate([*heights, _few(_crossings(every))]))
    # Of two neighbouring numbers the middle is one of them, and may be a corner's height too.
    middle, tall = (cuts[1:] + cuts[:-1]) / 2, np.diff(cuts)
    slabs = (cuts[:-1] < middle) & (middle < cuts[1:])
    middle, tall = middle[slabs, None], tall[slabs]
    there = (every[:, 1] < middle) & (middle < every[:, 3])  # shape (slabs, edges)
    places = np.where(there, _at(every, middle), np.inf)
    order = np.argsort(places, axis=1)
    places = np.take_along_axis(places, order, axis=1)
    inside = np.ones(places.shape, dtype=bool)
    for number in range(len(edges)):
        passed = np.take_along_axis(there & (owner == number), order, axis=1)
        inside &= passed.cumsum(axis=1) % 2 == 1
    widths = np.where(inside[:, :-1], places[:, 1:], 0.0) - np.where(inside[:, :-1], places[:, :-1], 0.0)
    return float(widths.sum(axis=1) @ tall)


def _edges(points: Numbers) -> Numbers:
    """Return the edges that are not level as x, y of the upper end and x, y of the lower, shape (n, 4)."""
    pairs = np.hstack([points, np.roll(points, -1, axis=0)])
    upside = pairs[:, 1] > pairs[:, 3]
    pairs[upside] = pairs[upside][:, [2, 3, 0, 1]]
    return pairs[pairs[:, 1] != pairs[:, 3]]


def _crossings(edges: Numbers) -> Numbers:
    """Return the heights at which two edges cross between their ends."""
    i, j = np.triu_indices(len(edges), 1)
    p, q = edges[i], edges[j]
    low, high = np.maximum(p[:, 1], q[:, 1]), np.minimum(p[:, 3], q[:, 3])
    both = low < high
    p, q, low, high = p[both], q[both], low[both], high[both]
    before, after = _at(p, low) - _at(q, low), _at(p, high) - _at(q, high)
    cross = before * after < 0
    share = before[cross] / (before[cross] - after[cross])
    return low[cross] + (high[cross] - low[cross]) * share


def _few(crossings: Numbers) -> Numbers:
    """Return the crossings, of too many a part that is spread evenly among them."""
    if len(crossings) <= MOST_CROSSINGS:
        return crossings
    return np.sort(crossings)[np.linspace(0, len(crossings) - 1, MOST_CROSSINGS).astype(int)]


def _at(edges: Numbers, y: Numbers) -> Numbers:
    """Return where edges are at heights `y`, which is broadcast against them."""
    x1, y1, x2, y2 = edges.T
    return x1 + (x2 - x1) * (y - y1) / (y2 - y1)
