"""Errors among items of which people have answered a part, by hand."""

import math

import pytest

from routing.backtest.estimates import Errors, answer_weights, errors, wilson

UNKNOWN = math.nan


def test_wilsons_interval_is_the_published_one():
    # Newcombe 1998, Statistics in Medicine 17:857, table I: 81 of 263 and 0 of 20.
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)


def test_with_all_known_the_rate_is_the_share_and_the_interval_wilsons():
    found = errors([0] * 10, [1.0] * 10, [1.0] + [0.0] * 9)
    assert (found.items, found.known, found.dark, found.rate) == (10, 10, 0, pytest.approx(0.1))
    assert (found.low, found.high) == pytest.approx(wilson(0.1, 10))
    assert (found.low, found.high) == pytest.approx((0.017876, 0.404150), abs=1e-5)
    assert found.expected == pytest.approx(1.0)


def test_an_answer_weighs_the_inverse_of_its_chance():
    # Of the first kind one in ten was to be looked at, of the second all.
    weights = answer_weights([0, 0, 0], [0.1, 1.0, 1.0], [1.0, 0.0, 0.0])
    assert weights == pytest.approx([30 / 12, 3 / 12, 3 / 12])
    assert errors([0, 0, 0], [0.1, 1.0, 1.0], [1.0, 0.0, 0.0]).rate == pytest.approx(10 / 12)


def test_answers_that_are_still_owed_do_not_shift_the_mix_of_groups():
    # 8 automated with one right answer known, 4 reviewed of which one is answered, and wrong.
    groups = [1] * 8 + [0] * 4
    wrong = [0.0] + [UNKNOWN] * 7 + [1.0] + [UNKNOWN] * 3
    found = errors(groups, [0.1] * 8 + [1.0] * 4, wrong)
    assert (found.rate, found.known) == (pytest.approx(4 / 12), 2)
    assert (found.low, found.high) == pytest.approx(wilson(4 / 12, 12**2 / (8**2 + 4**2)))


def test_a_group_without_an_answer_is_said_to_be_dark():
    found = errors([1, 1, 0], [0.1, 0.1, 1.0], [UNKNOWN, UNKNOWN, 0.0])
    assert (found.rate, found.known, found.dark) == (0.0, 1, 2)


def test_nothing_known_gives_no_figure():
    assert errors([1, 1], [0.1, 0.1], [UNKNOWN] * 2) == Errors(2, 0, 2, None, None, None)
    assert errors([], [], []) == Errors(0, 0, 0, None, None, None)
    assert errors([1], [0.1], [UNKNOWN]).expected is None
    assert errors([], [], []).expected == 0.0


def test_an_answer_that_could_not_have_been_drawn_counts_for_nothing():
    assert errors([1], [0.0], [1.0]) == Errors(1, 0, 1, None, None, None)
