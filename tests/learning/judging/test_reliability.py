"""The calibration error is what is wrong, and not what few labels make of what is right."""

import numpy as np
import pytest

from learning.judging.reliability import bins, calibration_error


def answers(n, seed, lie=0.0):
    """Return confidences from 0.5 to 1 and which answers are right: less often by `lie` than is said."""
    r = np.random.default_rng(seed)
    top = r.uniform(0.5, 1, n)
    return top, r.random(n) < top - lie


@pytest.mark.parametrize("n", [100, 400])
@pytest.mark.parametrize("lie", [0.0, 0.1, 0.25])
def test_the_error_is_found_within_three_points_however_few_labels(n, lie):
    found = [calibration_error(*answers(n, seed, lie), np.ones(n)).value for seed in range(60)]
    assert np.mean(found) == pytest.approx(lie, abs=0.03)


def test_what_chance_adds_to_the_error_of_an_honest_model_is_taken_off():
    found = [calibration_error(*answers(100, seed), np.ones(100)) for seed in range(60)]
    assert np.mean([one.raw for one in found]) > 0.06
    assert np.mean([one.value for one in found]) < 0.03


def test_an_honest_model_is_seldom_said_to_err_by_five_points():
    lows = [calibration_error(*answers(100, seed), np.ones(100)).low for seed in range(200)]
    assert sum(low > 0.05 for low in lows) / 200 <= 0.03


def test_the_interval_holds_a_large_error_as_often_as_it_says():
    found = [calibration_error(*answers(400, seed, 0.2), np.ones(400)) for seed in range(100)]
    assert sum(one.low <= 0.2 <= one.high for one in found) >= 88


def test_weights_make_a_sample_of_hard_items_stand_for_all():
    top, right = answers(4000, 0, 0.0)
    hard = top < 0.7
    right[hard] = np.random.default_rng(1).random(hard.sum()) < top[hard] - 0.2
    kept = hard | (np.random.default_rng(2).random(4000) < 0.1)
    whole = calibration_error(top, right, np.ones(4000)).value
    weighted = calibration_error(top[kept], right[kept], np.where(hard[kept], 1.0, 10.0)).value
    plain = calibration_error(top[kept], right[kept], np.ones(kept.sum())).value
    assert weighted == pytest.approx(whole, abs=0.02)
    assert plain > whole + 0.05


def test_bins_hold_equal_counts_in_the_order_of_confidence():
    top, right = answers(600, 0)
    found = bins(top, right, np.ones(600))
    assert [one.n for one in found] == [40] * 15
    confidences = [one.confidence for one in found]
    assert confidences == sorted(confidences)
    assert all(one.low <= one.accuracy <= one.high for one in found)


def test_few_labels_are_one_bin():
    assert [one.n for one in bins(*answers(25, 0), np.ones(25))] == [25]
