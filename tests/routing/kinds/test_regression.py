"""Numbers within a range."""

import pytest

from routing.kinds import KINDS, TypeSpec
from tests.routing.kinds.samples import errors_of

KIND = KINDS["regression"]
RANGE = TypeSpec("regression", minimum=0, maximum=10, tolerance=0.05)
FREE = TypeSpec("regression", tolerance=0.05)


def test_a_label_lies_in_the_range():
    assert [KIND.clean_label(label, {}, RANGE) for label in (0, 2.5, 10)] == [0, 2.5, 10]
    assert errors_of(KIND.clean_label, 10.1, {}, RANGE) == [("label", "out_of_range")]
    assert KIND.clean_label(-1e6, {}, FREE) == -1e6


def test_distance_is_a_share_of_the_range():
    assert KIND.distance(2, 4.5, RANGE) == 0.25
    assert KIND.agree(2, 2.5, RANGE)
    assert not KIND.agree(2, 2.6, RANGE)


def test_without_a_range_distance_is_a_share_of_the_larger_number():
    assert KIND.distance(95, 100, FREE) == pytest.approx(0.05)
    assert KIND.distance(-5, 5, FREE) == 1.0
    assert KIND.agree(95, 100, FREE)
    assert KIND.agree(0, 0, FREE)


def test_a_range_has_a_width():
    assert errors_of(KIND.clean_spec, TypeSpec("regression", minimum=3, maximum=3)) == [
        ("maximum", "invalid")
    ]
    assert errors_of(KIND.clean_spec, TypeSpec("regression", minimum=float("nan"))) == [
        ("minimum", "invalid")
    ]
    KIND.clean_spec(TypeSpec("regression", minimum=3))


def test_numbers_in_words():
    assert [KIND.describe(x) for x in (3, 2.50, 1e9)] == ["3", "2.5", "1e+09"]
