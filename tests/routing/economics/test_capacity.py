"""Which threshold leaves people no more than they can take."""

import numpy as np
import pytest

from routing.economics import capacity
from routing.economics.capacity import Relief, Sample
from tests import factories
from tests.routing.looked import look

pytestmark = pytest.mark.django_db


def made(scores, *, looks=1.0, checks=0.0, free=True):
    """Return a sample of items that all ask for as many looks, of which none is automated now."""
    n = len(scores)
    return Sample(
        scores=np.array(scores),
        looks=np.full(n, looks),
        checks=np.full(n, checks),
        now=np.full(n, looks),
        free=np.full(n, free) if isinstance(free, bool) else np.array(free),
        error=np.full(n, 10.0),
    )


@pytest.mark.parametrize(
    ("factor", "found"), [(1.0, (None, 0.0)), (0.8, (0.9, 0.2)), (0.5, (0.7, 0.6)), (0.0, (0.5, 1.0))]
)
def test_the_threshold_falls_as_people_can_take_less(factor, found):
    sample = made([0.9, 0.8, 0.7, 0.6, 0.5] * 2)
    assert capacity.threshold_for(sample, factor) == found


def test_equal_scores_are_automated_together():
    assert capacity.threshold_for(made([0.9, 0.9, 0.9, 0.5]), 0.75) == (0.9, 0.75)


def test_checks_of_what_is_automated_are_looks_too():
    assert capacity.threshold_for(made([0.9, 0.8, 0.7, 0.6], checks=0.5), 0.75) == (0.8, 0.5)
    assert capacity.threshold_for(made([0.9, 0.8], checks=0.5), 0.25) is None


def test_what_rules_send_to_people_stays_with_them():
    assert capacity.threshold_for(made([0.99, 0.6], free=[False, True]), 0.5) == (0.6, 0.5)
    assert capacity.threshold_for(made([0.99, 0.6], free=[False, True]), 0.4) is None


def test_items_are_sampled_with_what_they_ask_for_in_one_statement(django_assert_num_queries):
    rules = [{"name": "large", "when": "context.amount > 10.0"}]
    item_type = factories.item_type(rules=rules, audit_rate=0.5, opinions_wanted=2, cost_error=3.0)
    for score, amount in ((0.97, 1.0), (0.85, 1.0), (0.3, 1.0), (0.96, 11.0)):
        factories.submit(score, context={"amount": amount})
    with django_assert_num_queries(1):
        found = capacity.sample([item_type])
    rows = sorted(zip(found.scores, found.looks, found.now, found.free, strict=True))
    assert rows == [(0.3, 0, 0, False), (0.85, 2, 2, True), (0.96, 2, 2, False), (0.97, 2, 0.5, True)]


def test_relief_tells_the_errors_that_people_know_of():
    item_type = factories.item_type(cost_error=5.0, queue=factories.queue())
    rita = factories.person("rita", "reviewers")
    for number in range(40):
        score = 0.9 if number % 2 else 0.7
        look(factories.submit(score), by=rita, label="negative" if number % 4 == 1 else "positive")
    found = capacity.relief(item_type.queue, per_hour=100, most=60)
    assert found == Relief(0.9, 0.5, pytest.approx(0.25), 40, pytest.approx(0.25 * 100 * 5))


def test_nothing_is_known_of_an_empty_queue():
    assert capacity.relief(factories.queue(), per_hour=100, most=60) is None
