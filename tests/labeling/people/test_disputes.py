"""What becomes of disputes: experts' settlements, and what several answers decide together."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.people import disputes
from labeling.people.disputes import Decided, Settled
from tests import factories
from tests.labeling.opinions import answer, both_say, reviewers

pytestmark = pytest.mark.django_db
SINCE = timezone.now() - timedelta(days=1)


@pytest.fixture
def people():
    return reviewers("anna", "ben")


def test_experts_settle_disputes_as_somebody_or_the_model_said_or_otherwise(people):
    made = factories.item_type(labels=["negative", "neutral", "positive"], opinions_wanted=2)
    edgar = factories.person("edgar", "experts")
    for label in ("negative", "positive", "neutral"):
        both_say(people, ("negative", "neutral") if label != "neutral" else ("negative", "positive"))
        answer(edgar, label)
    assert disputes.settled(made, since=SINCE) == Settled(items=3, as_somebody=1, as_the_model=1)


def test_an_item_that_experts_got_at_once_was_no_dispute():
    made = factories.item_type()
    factories.submit(0.3)
    answer(factories.person("edgar", "experts"), "negative")
    assert disputes.settled(made, since=SINCE) == Settled(0, 0, 0)


def test_what_several_answers_decided_is_counted_by_method(people):
    made = factories.item_type(opinions_wanted=2)
    both_say(people, ("negative", "negative"), ("positive", "positive"))
    assert disputes.decided(made, since=SINCE) == [Decided("agreement", 2, 2.0)]
