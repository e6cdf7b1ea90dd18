"""What decisions have cost, by what and in which week."""

import pytest

from routing.economics import costing, spending
from tests import factories
from tests.routing.economics.test_costing import TYPED
from tests.routing.looked import decided, look

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return factories.person("rita", "reviewers", "experts")


@pytest.fixture
def sentiment():
    return factories.item_type(**{**TYPED, "target_alpha": None})


def spent(item_type):
    return spending.spent(item_type, costing.prices(item_type))


def test_looks_and_waiting_cost_what_they_took(sentiment, rita):
    look(factories.submit(0.85), by=rita, label="positive", seconds=100, waited=3600)
    look(factories.submit(0.3), by=rita, label="positive", purpose="expert", seconds=40, waited=7200)
    whole = spent(sentiment).whole
    assert (whole.looks, whole.expert_looks, whole.waiting) == pytest.approx((1.0, 1.0, 1.5))
    assert (whole.decisions, whole.automated, whole.errors) == (2, 0, pytest.approx(0.3 + 0.05))
    assert whole.per_decision == pytest.approx((1 + 1 + 1.5 + 0.35) / 2)


def test_errors_of_the_machine_are_those_that_checks_found(sentiment, rita):
    for number in range(60):
        item = factories.submit(0.97)
        if number < 40:
            look(item, by=rita, purpose="audit", label="negative" if number < 4 else None)
    found = spent(sentiment)
    assert (found.error, found.whole.automated) == (pytest.approx(0.1), 60)
    assert found.whole.errors == pytest.approx(0.1 * 60 * 10)


def test_errors_are_unknown_and_not_nothing_where_too_little_was_checked(sentiment, rita):
    factories.submit(0.97)
    whole = spent(sentiment).whole
    assert (whole.errors, whole.total, whole.per_decision) == (None, 0, 0)


def test_weeks_are_told_apart_oldest_first(sentiment, rita):
    for days, seconds in ((20, 300), (9, 200), (1, 100)):
        look(factories.submit(0.85), by=rita, label="positive", seconds=seconds, days_ago=days)
    found = spent(sentiment)
    assert [round(week.looks, 6) for week in found.weeks] == [3, 2, 1]
    assert found.whole.looks == pytest.approx(6)


def test_what_was_decided_before_the_span_is_left_out(sentiment, rita):
    look(factories.submit(0.85), by=rita, label="positive", days_ago=31)
    decided(factories.submit(0.85), by="user:rita", label="positive", days_ago=31)
    found = spent(sentiment)
    assert (found.weeks, found.whole.decisions, found.whole.per_decision) == ((), 0, None)


def test_spending_takes_two_statements_and_a_limit_on_their_time(sentiment, rita, django_assert_num_queries):
    look(factories.submit(0.85), by=rita, label="positive")
    measured = costing.measure(sentiment)
    with django_assert_num_queries(5):  # the transaction's ends among them
        spending.spent(sentiment, costing.prices(sentiment, measured), measured=measured)
