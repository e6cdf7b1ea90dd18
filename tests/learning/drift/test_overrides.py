"""The exact test of a rise in overturned answers."""

import pytest
from scipy.stats import fisher_exact

from learning.drift.overrides import rise, shares


def test_one_kind_of_look_is_fishers_test():
    expected = fisher_exact([[9, 41], [5, 95]], alternative="greater").pvalue
    assert rise([(5, 100, 9, 50)]) == pytest.approx(expected)


def test_two_kinds_of_looks_are_counted_apart_by_hand():
    # One table of (1 of 2, 1 of 2) and one of (0 of 1, 1 of 1): P(new ≥ 2) = P(1 or 2)·P(1) + P(2)·P(0)
    assert rise([(1, 2, 1, 2), (0, 1, 1, 1)]) == pytest.approx((4 / 6 + 1 / 6) / 2 + 1 / 6 / 2)


def test_nothing_overturned_is_no_rise():
    assert rise([(0, 50, 0, 50), (0, 0, 0, 0)]) == 1.0


def test_the_share_as_before_is_of_the_looks_as_they_are_now():
    looks = [(10, 100, 30, 100), (0, 100, 1, 300)]
    assert shares(looks) == (pytest.approx(10 / 400), pytest.approx(31 / 400))
