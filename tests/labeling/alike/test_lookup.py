"""The search among sketches."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.alike.lookup import Lookup
from labeling.alike.sketches import FEATURES, SIZE, TEXT, Sketch, sketch, sketch_text


def features(*numbers: float) -> Sketch:
    return sketch({"features": list(numbers)}, "")


def random_sketches(seed: int, count: int) -> list[Sketch]:
    rows = np.random.default_rng(seed).normal(size=(count, SIZE)).astype(np.float32)
    return [Sketch(TEXT, row / np.linalg.norm(row)) for row in rows]


@settings(max_examples=30)
@given(st.integers(0, 999), st.integers(1, 60), st.integers(1, 70))
def test_it_finds_what_going_through_all_of_them_finds(seed, count, asked):
    kept, query = random_sketches(seed, count), random_sketches(seed + 1000, 1)[0]
    lookup = Lookup(TEXT, 100)
    for key, one in enumerate(kept):
        lookup.add(key, one)
    likeness = [float(one.vector @ query.vector) for one in kept]
    best = sorted(range(count), key=lambda i: -likeness[i])[:asked]
    found = lookup.nearest(query, asked)
    assert [key for key, _ in found] == best
    np.testing.assert_allclose([score for _, score in found], [likeness[i] for i in best], atol=1e-5)


def test_one_more_than_fits_takes_the_place_of_the_oldest():
    lookup = Lookup(TEXT, 3)
    for number in range(5):
        lookup.add(number, sketch_text(f"word{number}"))
    assert len(lookup) == 3
    assert {key for key, _ in lookup.nearest(sketch_text("word1"), 9)} == {2, 3, 4}
    assert lookup.nearest(sketch_text("word4"), 1)[0][0] == 4


def test_a_known_key_keeps_its_place_with_its_new_sketch():
    lookup = Lookup(TEXT, 3)
    lookup.add("a", sketch_text("slow delivery"))
    lookup.add("a", sketch_text("soft bed"))
    assert len(lookup) == 1
    assert lookup.nearest(sketch_text("soft bed"), 5) == [("a", pytest.approx(1))]


def test_what_is_left_out_is_not_found():
    lookup = Lookup(TEXT, 3)
    lookup.add("a", sketch_text("soft bed"))
    lookup.add("b", sketch_text("hard bed"))
    assert [key for key, _ in lookup.nearest(sketch_text("soft bed"), 2, without=["a", "z"])] == ["b"]


def test_other_forms_are_not_compared():
    lookup = Lookup(TEXT, 3)
    lookup.add("a", sketch_text("soft bed"))
    assert lookup.nearest(features(1, 2), 1) == []


def test_features_are_compared_in_units_of_how_far_they_vary():
    lookup = Lookup(FEATURES, 100)
    draw = np.random.default_rng(0)
    for number in range(50):
        lookup.add(number, features(1e6 * (1 + draw.random()), draw.normal()))
    lookup.add("near", features(1.5e6, 2.0))
    lookup.add("far", features(1.5e6, -2.0))
    found = dict(lookup.nearest(features(1.6e6, 2.1), 52))
    assert found["near"] > 0.9 > 0 > found["far"]
    assert next(iter(found)) != "far"


def test_a_constant_column_does_no_harm():
    lookup = Lookup(FEATURES, 100)
    for number in range(30):
        lookup.add(number, features(7.0, float(number)))
    assert lookup.nearest(features(7.0, 12.0), 1)[0][0] == 12
