"""Figures from sums: their intervals, what is dark, and when a target is met, missed or open."""

import math

import numpy as np
import pytest

from hitl_project.goals import estimates
from hitl_project.goals.estimates import Amounts, Drawn, Estimate, Verdict, counted
from hitl_project.goals.figures import Aim
from routing.backtest.estimates import wilson


def amounts(*values):
    return Amounts(len(values), sum(values), sum(value * value for value in values))


def test_one_stratum_of_equal_answers_has_wilsons_interval():
    found = estimates.share([(1_000, counted(50, 45))])
    assert (found.value, found.count, found.dark) == (0.9, 50, 0.0)
    assert (found.low, found.high) == pytest.approx(wilson(0.9, 50))


def test_strata_weigh_what_they_stand_for_not_how_often_they_were_looked_at():
    found = estimates.share([(900, counted(30, 30)), (100, counted(300, 150))])
    assert found.value == pytest.approx(0.9 * 1.0 + 0.1 * 0.5)
    assert found.effective == pytest.approx(1 / (0.9**2 / 30 + 0.1**2 / 300))


def test_unequal_chances_count_by_their_inverse():
    found = estimates.share([(10, Drawn(2, 5.0, 1.0, 17.0))])
    assert (found.value, found.effective) == pytest.approx((0.2, 25 / 17))


def test_what_nothing_is_known_of_is_dark():
    assert estimates.share([(60, counted(30, 30)), (40, Drawn())]).dark == pytest.approx(0.4)
    assert estimates.share([(60, Drawn())]) == Estimate(dark=1.0)
    assert estimates.share([]) == Estimate()


def test_the_interval_reaches_as_far_as_a_bad_part_that_was_hardly_looked_at():
    found = estimates.share([(900, counted(900, 890)), (100, counted(10, 7))])
    below = (0.1 * (0.7 - wilson(0.7, 10)[0])) ** 2 + (0.9 * (890 / 900 - wilson(890 / 900, 900)[0])) ** 2
    assert found.low == pytest.approx(found.value - below**0.5)
    assert found.low < wilson(found.value, found.effective)[0]


@pytest.mark.parametrize(
    "parts",
    [
        [(45_000, 0.98, 450), (5_000, 0.7, 10)],  # a part that is hardly looked at
        [(900, 0.99, 180), (60, 0.6, 6), (40, 0.5, 8), (1_000, 0.97, 20)],
        [(800, 0.97, 16)] * 5 + [(150, 0.85, 15)] * 5,
        [(1_000, 0.95, 20)],
    ],
)
def test_the_interval_of_a_share_hardly_ever_misses_the_truth(parts):
    rng, held, times = np.random.default_rng(5), 0, 1_000
    truth = sum(size * right for size, right, _ in parts) / sum(size for size, _, _ in parts)
    for _ in range(times):
        drawn = [(size, counted(n, int(rng.binomial(n, right)))) for size, right, n in parts]
        found = estimates.share(drawn)
        held += found.low <= truth <= found.high
    assert held >= 0.92 * times


def test_a_mean_has_the_interval_of_its_logarithm():
    values = [10.0, 20.0] * 40
    found = estimates.mean(amounts(*values))
    half = math.exp(1.959964 * (5.0**2 * 80 / 79) ** 0.5 / 80**0.5 / 15)
    assert (found.value, found.low, found.high) == pytest.approx((15.0, 15 / half, 15 * half))


def test_times_that_are_always_nothing_have_no_width():
    assert estimates.mean(amounts(*[0.0] * 60)) == Estimate(0.0, 0.0, 0.0, 60)


def test_few_amounts_have_a_mean_and_no_interval():
    assert estimates.mean(amounts(1.0, 3.0)) == Estimate(2.0, count=2)


def test_cases_an_hour_are_the_seconds_turned_over():
    found = estimates.per_hour(amounts(*[30.0, 42.0] * 50))
    assert found.value == pytest.approx(100.0)
    took = estimates.mean(amounts(*[30.0, 42.0] * 50))
    assert (found.low, found.high) == pytest.approx((3600 / took.high, 3600 / took.low))


def test_costs_are_shared_by_all_decisions():
    found = estimates.per_decision(amounts(*[0.4] * 50), 100)
    half = math.exp(1.959964 * (50 * 0.4**2) ** 0.5 / 100 / 0.2)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.2 / half, 0.2 * half))


@pytest.mark.parametrize(
    ("found", "aim", "verdict"),
    [
        (Estimate(0.9, 0.86, 0.93, 100), Aim.LEAST, Verdict.MET),
        (Estimate(0.8, 0.76, 0.84, 100), Aim.LEAST, Verdict.MISSED),
        (Estimate(0.9, 0.80, 0.95, 100), Aim.LEAST, Verdict.UNDECIDED),
        (Estimate(0.9, 0.86, 0.93, 100), Aim.MOST, Verdict.MISSED),
        (Estimate(0.8, 0.76, 0.84, 100), Aim.MOST, Verdict.MET),
        (Estimate(0.9, count=3), Aim.LEAST, Verdict.UNDECIDED),
        (Estimate(0.9, 0.86, 0.93, 100, dark=0.2), Aim.LEAST, Verdict.UNDECIDED),
        (Estimate(), Aim.LEAST, Verdict.UNKNOWN),
    ],
)
def test_only_the_whole_interval_meets_or_misses(found, aim, verdict):
    assert estimates.verdict(found, 0.85, aim) is verdict


def test_without_a_target_nothing_is_missed():
    assert estimates.verdict(Estimate(0.1, 0.0, 0.2, 50), None, Aim.LEAST) is Verdict.FREE


def test_as_many_more_as_are_said_would_tell():
    found = estimates.share([(1, counted(100, 90))])
    more = estimates.more(found, 0.85)
    wanted = 100 + more
    assert wilson(0.9, wanted)[0] > 0.85
    assert wilson(0.9, wanted - 1)[0] <= 0.85


def test_as_many_more_amounts_as_are_said_would_tell():
    values = [10.0, 20.0] * 30
    more = estimates.more(estimates.mean(amounts(*values)), 15.5)
    enough = estimates.mean(amounts(*values * ((60 + more) // 60 + 1)))
    assert enough.high < 15.5
    assert more > 0


def test_no_number_tells_a_figure_from_itself_or_lights_what_is_dark():
    assert estimates.more(Estimate(0.85, 0.8, 0.9, 100, 100.0), 0.85) is None
    assert estimates.more(Estimate(0.7, 0.6, 0.8, 100, 100.0, dark=0.5), 0.85) is None
    assert estimates.more(Estimate(0.7, count=4), 0.85) == 46


def test_figures_that_do_not_add_up_are_averaged_by_their_observations():
    found = estimates.together([Estimate(2.0, 1.0, 3.0, 30), Estimate(4.0, 4.0, 4.0, 10), Estimate()])
    assert (found.value, found.low, found.high, found.count) == pytest.approx((2.5, 1.75, 3.25, 40))
