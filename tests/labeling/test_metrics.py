"""The figures of a window: shares of what was routed, and an honest accuracy of what was checked."""

import pytest

from labeling import metrics
from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments
from routing.backtest.estimates import wilson
from tests import factories

pytestmark = pytest.mark.django_db


def answer(user, action, label=None, spent=None):
    seat = assignments.claim(by=user)
    review.submit(seat.pk, Answer(action, label, time_spent_ms=spent), by=user)


def test_counts_and_rates_come_from_the_rows():
    factories.item_type()
    factories.item_type("other", labels=["negative", "positive"])
    rita = factories.person("rita", "reviewers")
    for score in (0.99, 0.98, 0.85, 0.3):
        factories.submit(score)
    factories.submit(None)
    factories.submit(0.99, to="other")
    answer(rita, "approve", spent=4000)
    said = metrics.summary("sentiment", 1)
    assert (said.items, said.routed, said.automated, said.human, said.expert) == (5, 4, 2, 1, 1)
    assert (said.automation_rate, said.review_rate, said.waiting_for_model, said.decided) == (0.5, 0.5, 1, 3)
    assert (said.reviews, said.agreement_with_model, said.mean_review_seconds) == (1, 1.0, 4.0)
    assert metrics.summary(None, 1).items == 6


def test_nothing_gives_no_rates_rather_than_zeros():
    said = metrics.summary(None, 1)
    assert (said.items, said.automation_rate, said.mean_review_seconds) == (0, None, None)
    assert said.checked == metrics.Checked(0, None, None, None)


def test_checks_are_weighed_by_the_inverse_of_their_chance():
    rare, common = factories.item_type(audit_rate=1.0), factories.item_type("other", audit_rate=1.0)
    rita = factories.person("rita", "reviewers")
    factories.submit(0.99)
    factories.submit(0.99, to="other")
    rare.assignments.update(inclusion=0.25)
    common.assignments.update(inclusion=1.0)
    for _ in range(2):
        seat = assignments.claim(by=rita)
        said = "negative" if seat.item_type_id == rare.pk else "positive"
        review.submit(seat.pk, Answer("edit", said), by=rita)
    checked = metrics.summary(None, 1).checked
    assert (checked.checks, checked.accuracy) == (2, pytest.approx(1 / 5))


def test_a_check_that_was_refused_waits_for_the_experts_verdict():
    factories.item_type(audit_rate=1.0)
    rita, erna = factories.person("rita", "reviewers"), factories.person("erna", "experts")
    factories.submit(0.99)
    answer(rita, "reject")
    assert metrics.summary(None, 1).checked.checks == 0
    answer(erna, "edit", "negative")
    checked = metrics.summary(None, 1).checked
    assert (checked.checks, checked.accuracy) == (1, 0.0)


def test_equal_weights_give_the_plain_share():
    checked = metrics.estimate(4, 8.0, 6.0, 16.0)
    assert (checked.accuracy, checked.low, checked.high) == (0.75, *wilson(0.75, 4))
