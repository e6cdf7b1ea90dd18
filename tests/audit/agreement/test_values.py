"""Alpha of numbers and of any distance equals alpha over classes where both can be had."""

import numpy as np
import pytest

from audit.agreement import Agreement, apart, numbers, ratio
from tests.audit.agreement.examples import OBSERVERS

UNIT = np.array([unit for unit, column in enumerate(OBSERVERS.T) for one in column if one])
VALUES = np.array([one for column in OBSERVERS.T for one in column if one], dtype=float)


def test_krippendorffs_example_has_his_number_for_intervals():
    assert numbers(UNIT, VALUES).value == pytest.approx(0.849107, abs=1e-6)


def test_any_distance_gives_the_same_by_all_pairs():
    nominal = apart(UNIT, VALUES.tolist(), lambda a, b: float(a != b), most_pairs=10_000)
    squared = apart(UNIT, VALUES.tolist(), lambda a, b: (a - b) ** 2, most_pairs=10_000)
    assert (nominal.value, squared.value) == pytest.approx((0.743421, 0.849107), abs=1e-6)
    assert (nominal.units, numbers(UNIT, VALUES).units) == (11, 11)


def test_drawn_pairs_come_close_to_all():
    rng = np.random.default_rng(1)
    unit = np.repeat(np.arange(300), 2)
    values = np.round(np.repeat(rng.normal(size=300), 2) + rng.normal(size=600) / 3, 2)
    exact = numbers(unit, values)
    drawn = apart(unit, values.tolist(), lambda a, b: (a - b) ** 2, most_pairs=3_000)
    assert drawn.value == pytest.approx(exact.value, abs=0.02)
    assert exact.low < exact.value < exact.high
    assert drawn.low < exact.value < drawn.high


def test_numbers_that_are_all_alike_tell_nothing():
    assert numbers([0, 0, 1, 1], [2.0, 2.0, 2.0, 2.0]) == Agreement(None, None, None, 2)


def test_without_two_answers_to_a_unit_there_is_nothing():
    assert apart([0, 1], ["a", "b"], lambda a, b: 1.0) == Agreement(None, None, None, 0)


def test_a_unit_drawn_seldom_stands_for_many():
    unit, values = [0, 0, 1, 1, 2, 2], [1.0, 1.0, 5.0, 5.0, 1.0, 5.0]
    twice = numbers([*unit, 3, 3], [*values, 1.0, 5.0]).value
    assert numbers(unit, values, weights=[1, 1, 1, 1, 2, 2]).value == pytest.approx(twice, abs=0.1)


def test_a_ratio_of_sums_is_bounded_by_its_units():
    found = ratio(np.array([1.0, 0.5, 0.0, 1.0]), np.ones(4))
    assert (found.value, found.units) == (0.625, 4)
    assert 0 <= found.low < 0.625 < found.high <= 1
    assert ratio(np.array([]), np.array([])) == Agreement(None, None, None, 0)
