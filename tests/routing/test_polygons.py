"""Areas within polygons and what two of them share, beside figures worked out by hand and by a fine grid."""

from time import process_time
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import polygons
from routing.polygons import area, bounds, corners, overlap
from routing.similarity import overlaps

SIDE = st.integers(0, 12)
TRIANGLE = [[0, 0], [10, 0], [0, 10]]
BOWTIE = [[0, 0], [10, 10], [10, 0], [0, 10]]
# Edges cross so near to a corner's height that no number lies between the two.
HAIRSBREADTH = [[4, 1], [6, 10], [3, 1], [1, 4], [7, 8], [4, 5]]


def on_a_grid(polygons, fine=40):
    """Return the share of fine points of a square of 12 that lie within all polygons, as an area."""
    x, y = np.meshgrid(*[(np.arange(12 * fine) + 0.5) / fine + 1e-7] * 2)
    inside = np.ones(x.shape, dtype=bool)
    for polygon in polygons:
        odd = np.zeros(x.shape, dtype=bool)
        for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
            if y1 != y2:
                odd ^= ((y1 > y) != (y2 > y)) & (x < x1 + (x2 - x1) * (y - y1) / (y2 - y1))
        inside &= odd
    return inside.sum() / fine**2


@pytest.mark.parametrize(
    ("polygon", "expected"),
    [(TRIANGLE, 50), (corners([1, 2, 4, 6]), 12), (BOWTIE, 50), ([[0, 0], [5, 5], [10, 10]], 0)],
)
def test_an_area_is_what_an_odd_number_of_edges_encloses(polygon, expected):
    assert area(polygon) == pytest.approx(expected)


def test_a_crossing_a_hairsbreadth_from_a_corner_counts_nothing():
    assert area(HAIRSBREADTH) == pytest.approx(on_a_grid([HAIRSBREADTH]), abs=0.1)
    assert overlap(HAIRSBREADTH, corners([0, 0, 900, 900])) == pytest.approx(area(HAIRSBREADTH) / 900**2)


def test_two_triangles_of_a_square_share_a_quarter_of_it():
    other = [[0, 0], [10, 0], [10, 10]]
    assert overlap(TRIANGLE, other) == pytest.approx(25 / 75)
    assert overlap(TRIANGLE, TRIANGLE[::-1]) == pytest.approx(1.0)
    assert (bounds(TRIANGLE), bounds(other)) == ([0, 0, 10, 10], [0, 0, 10, 10])


def test_edges_that_cross_a_thousand_times_take_no_longer_and_come_out_close():
    a, b = np.random.default_rng(1).integers(0, 1000, (2, 200, 2)).tolist()
    begun = process_time()
    found = overlap(a, b)
    assert process_time() - begun < 0.5  # it was a second, and took 280 MB
    with mock.patch.object(polygons, "MOST_CROSSINGS", 10**6):
        assert found == pytest.approx(overlap(a, b), abs=0.005)


@given(*[st.tuples(SIDE, SIDE, st.integers(1, 9), st.integers(1, 9))] * 2)
def test_boxes_overlap_as_polygons_as_they_do_as_boxes(a, b):
    boxes = [[x, y, x + w, y + h] for x, y, w, h in (a, b)]
    expected = overlaps(boxes[:1], boxes[1:])[0, 0]
    assert overlap(*map(corners, boxes)) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(*[st.lists(st.tuples(SIDE, SIDE), min_size=3, max_size=7)] * 2)
def test_whatever_their_corners_they_share_what_a_grid_counts(a, b):
    both = area(a), area(b)
    assert both == pytest.approx((on_a_grid([a]), on_a_grid([b])), abs=1.5)
    if min(both) > 0:
        shared = on_a_grid([a, b])
        assert overlap(a, b) * (sum(both) - shared) == pytest.approx(shared, abs=3)
