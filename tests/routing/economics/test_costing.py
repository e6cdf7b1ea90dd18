"""Costs are what the admin typed, times what is measured of people and of the model."""

import pytest

from routing.economics import costing, platt
from tests import factories
from tests.routing.looked import look

pytestmark = pytest.mark.django_db

TYPED = {
    "target_alpha": 0.05,
    "audit_rate": 0.05,
    "cost_error": 10.0,
    "cost_review_hour": 36.0,
    "cost_expert_hour": 90.0,
    "cost_delay_hour": 0.5,
}


@pytest.fixture
def rita():
    return factories.person("rita", "reviewers", "experts")


def looks(count, *, score=0.85, **fields):
    """Have `count` items looked at."""
    for _ in range(count):
        look(factories.submit(score), **fields)


def test_without_looks_the_usual_figures_stand(rita):
    prices = costing.prices(factories.item_type(**TYPED))
    assert (prices.review_seconds, prices.expert_seconds, prices.review_wait_hours) == (36, 72, 0)
    assert (prices.review_error, prices.expert_error, prices.slope, prices.intercept) == (0.03, 0.005, 1, 0)


def test_looks_are_measured_from_twenty_on(rita):
    item_type = factories.item_type(**TYPED)
    looks(19, by=rita, seconds=50, waited=1800)
    assert costing.measure(item_type).review.usual == (True, True, True)
    looks(1, by=rita, seconds=70, waited=5400)
    found = costing.measure(item_type).review
    assert (found.seconds, found.wait_hours, found.usual) == (51, 0.55, (False, False, True))


def test_a_tab_left_open_counts_for_no_more_than_the_longest_of_the_others(rita):
    item_type = factories.item_type(**TYPED)
    looks(100, by=rita, seconds=40)
    looks(1, by=rita, seconds=86_400)
    assert costing.measure(item_type).review.seconds == 40


def test_experts_are_measured_apart_and_unmeasured_ones_are_no_sooner_there(rita):
    item_type = factories.item_type(**TYPED)
    looks(20, by=rita, waited=7200)
    assert costing.measure(item_type).expert.wait_hours == 2
    looks(20, score=0.3, by=rita, purpose="expert", seconds=90, waited=3600)
    found = costing.measure(item_type).expert
    assert (found.seconds, found.wait_hours, found.looks) == (90, 1, 20)


def test_a_validation_takes_an_experts_time_and_no_reviewers(rita):
    item_type = factories.item_type(**TYPED)
    looks(20, by=rita, seconds=40)
    looks(20, by=rita, purpose="validate", seconds=90)
    found = costing.measure(item_type)
    assert (found.review.seconds, found.expert.seconds, found.expert.waits) == (40, 90, 0)


def test_nobody_waits_for_a_check(rita):
    item_type = factories.item_type(**TYPED)
    looks(20, score=0.97, by=rita, purpose="audit", waited=9e5)
    found = costing.measure(item_type).review
    assert (found.looks, found.waits, found.wait_hours) == (20, 0, 0)


def test_people_get_wrong_what_they_let_pass_of_the_errors_they_face(rita):
    item_type = factories.item_type(**TYPED)
    for number in range(40):
        label = "negative" if number < 10 else "positive"
        look(factories.submit(0.85), by=rita, label=label)
    for number in range(20):
        look(factories.submit(0.97), by=rita, purpose="seed", caught=number >= 4)
    found = costing.measure(item_type).review
    assert (found.error, found.seeded) == (pytest.approx(0.2 * 0.25), 20)


def test_scores_count_as_what_they_were_worth(rita):
    item_type = factories.item_type(**TYPED)
    for number in range(60):
        look(factories.submit(0.9), by=rita, label="positive" if number % 2 else "negative")
    found = costing.measure(item_type)
    assert found.platt == platt.fit([0.9] * 60, found.known.right)
    assert costing.prices(item_type).probability(0.9) == pytest.approx(0.5, abs=0.01)


def test_a_policy_has_costs_only_where_it_routes_by_them(rita):
    assert costing.costs(factories.item_type(**TYPED)) is None
    found = costing.costs(factories.item_type("mail", route_by_cost=True, **TYPED))
    assert found.typed == (10.0, 36.0, 90.0, 0.5)


def test_where_a_cost_is_missing_nothing_is_said():
    assert costing.prices(factories.item_type(**{**TYPED, "cost_error": None})) is None


def test_costs_take_two_statements_however_many_looks(rita, django_assert_num_queries):
    item_type = factories.item_type(route_by_cost=True, **TYPED)
    looks(5, by=rita)
    with django_assert_num_queries(2):
        costing.costs(item_type)
