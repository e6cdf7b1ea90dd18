"""Whoever decides at the least expected cost, and from which score the machine does."""

import math

import numpy as np
import pytest

from routing.economics import costs, platt
from routing.economics.costs import Costs

PLAIN = {
    "error": 10.0,
    "review_hour": 36.0,
    "expert_hour": 90.0,
    "delay_hour": 0.5,
    "review_seconds": 50.0,
    "expert_seconds": 100.0,
    "review_wait_hours": 0.2,
    "expert_wait_hours": 2.0,
}


def priced(**fields):
    return Costs(**{**PLAIN, **fields})


def test_a_look_costs_its_time_and_the_wait():
    assert (priced().review, priced().expert) == pytest.approx((0.6, 3.5))


def test_each_action_costs_its_work_and_what_it_gets_wrong():
    assert priced().expected(0.9) == pytest.approx(
        {"auto_approve": 1.0, "human_review": 0.6 + 0.3, "expert_escalation": 3.5 + 0.05}
    )


def test_the_machine_decides_from_the_break_even_score_on():
    prices = priced(slope=0.8, intercept=-0.3)
    at = prices.break_even
    below, above = prices.cheapest(at - 1e-9), prices.cheapest(at + 1e-9)
    assert (below, above, prices.probability(at)) == ("human_review", "auto_approve", pytest.approx(0.91))


@pytest.mark.parametrize(("fields", "at"), [({"error": 0.0}, 0.0), ({"slope": 0.0, "intercept": -2.0}, None)])
def test_a_machine_that_always_or_never_decides_has_no_score_between(fields, at):
    assert priced(**fields).break_even == at


@pytest.mark.parametrize(("error", "who"), [(10.0, "human_review"), (1000.0, "expert_escalation")])
def test_dear_errors_are_left_to_the_expert(error, who):
    assert (priced(error=error).by_people, priced(error=error).cheapest(0.5)) == (who, who)


def test_no_slope_overflows():
    steep = priced(slope=1e300)
    assert [steep.probability(score) for score in (0.0, 0.5, 1.0)] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("wrong", [{"error": -1.0}, {"slope": -0.1}, {"intercept": math.nan}])
def test_impossible_costs_are_refused(wrong):
    with pytest.raises(ValueError, match="negative or infinite"):
        priced(**wrong)


def test_a_share_of_errors_is_at_most_one():
    with pytest.raises(ValueError, match="between 0 and 1"):
        priced(review_error=1.5)


@pytest.mark.parametrize(("error", "rate"), [(2, 0.0148), (10, 0.0332), (50, 0.0742), (1e9, 1.0)])
def test_the_audit_rate_grows_with_the_root_of_what_an_error_costs(error, rate):
    assert costs.audit_rate(error, 0.5) == pytest.approx(rate, abs=5e-5)


def test_checks_that_cost_nothing_have_no_best_rate():
    assert costs.audit_rate(10, 0.0) is None


@pytest.mark.parametrize("error", [2.0, 5.0, 20.0, 100.0])
def test_the_rule_costs_little_more_than_the_best_threshold_in_hindsight(error):
    """At most 1.03 times as much, the map fitted to 500 labels (the project's figures, goal G5)."""
    rng = np.random.default_rng(8)
    true = rng.beta(5, 0.8, 20_000)
    score = 1 / (1 + (1 / true - 1) ** 1.7)  # an over-confident model
    right = rng.random(20_000) < true
    fitted = platt.fit(score[:500], right[:500])
    prices = priced(error=error, slope=fitted.slope, intercept=fitted.intercept)
    order = np.argsort(-score[500:])
    looks = prices.expected(0.5)[prices.by_people]
    auto = np.append(0, np.cumsum(~right[500:][order])) * error
    hindsight = (auto + looks * np.arange(len(order), -1, -1)).min()
    machine = score[500:] >= prices.break_even
    assert (~right[500:][machine]).sum() * error + (~machine).sum() * looks <= 1.03 * hindsight
