"""What people found of a model's answers, and how much each of these stands for."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from routing.economics import known
from routing.models import Item
from tests import factories
from tests.routing.looked import decided, look

pytestmark = pytest.mark.django_db


@pytest.fixture
def sentiment():
    return factories.item_type(audit_rate=0.25)


def recent(item_type):
    return known.known(item_type, timezone.now() - timedelta(days=30))


def test_reviewed_answers_are_right_where_people_agreed(sentiment, rita):
    look(factories.submit(0.85), by=rita, label="positive", days_ago=1)
    look(factories.submit(0.6), by=rita, label="negative", days_ago=2)
    found = recent(sentiment)
    assert (found.scores.tolist(), found.right.tolist()) == ([0.85, 0.6], [True, False])
    assert (found.weights.tolist(), found.automated.tolist()) == ([1, 1], [False, False])


def test_a_checked_answer_stands_for_those_that_were_not(sentiment, rita):
    right, wrong, _ = (factories.submit(0.97) for _ in range(3))
    look(right, by=rita, purpose="audit")
    look(wrong, by=rita, purpose="audit", label="negative")
    found = recent(sentiment)
    assert sorted(found.right.tolist()) == [False, True]
    assert (found.weights.tolist(), found.automated.tolist()) == ([4, 4], [True, True])


def test_an_answer_that_was_looked_at_without_being_drawn_says_nothing(sentiment, rita):
    doubted = factories.submit(0.97)
    look(doubted, by=rita, purpose="learn", label="negative")
    Item.objects.filter(pk=doubted.pk).update(audit_draw=0.9)
    assert len(recent(sentiment)) == 0


def test_of_one_model_alone_where_it_is_named(sentiment, rita):
    for model in ("old@1", "old@1", "new@1"):
        said = (factories.opinion(0.6, model=model),)
        look(factories.submit(None, opinions=said), by=rita, label="positive")
    since = timezone.now() - timedelta(days=30)
    counts = {model: len(known.known(sentiment, since, model)) for model in ("", "old@1", "new@1")}
    assert counts == {"": 2, "old@1": 2, "new@1": 1}


def test_a_check_that_an_expert_is_still_asked_about_says_nothing(sentiment, rita):
    item = factories.submit(0.97)
    look(item, by=rita, purpose="audit")
    item.assignments.create(
        item_type=sentiment, queue=sentiment.expert_queue, purpose="expert", due_at=timezone.now()
    )
    assert len(recent(sentiment)) == 0


def test_a_rejected_answer_was_wrong(sentiment, rita):
    item = factories.submit(0.85)
    decided(item, by="user:rita", label=None, status="rejected")
    assert recent(sentiment).right.tolist() == [False]


def test_only_the_model_that_answers_now_is_told_of(sentiment, rita):
    for _ in range(3):
        look(factories.submit(0.85), by=rita, label="positive")
    Item.objects.filter(pk=Item.objects.first().pk).update(model="old@1")
    assert len(recent(sentiment)) == 2


def test_what_was_decided_before_is_left_out(sentiment, rita):
    look(factories.submit(0.85), by=rita, label="positive", days_ago=31)
    assert len(recent(sentiment)) == 0


def test_shares_of_errors_weigh_each_answer_by_what_it_stands_for():
    found = known.Known(
        scores=np.repeat([0.6, 0.97], 30),
        right=np.arange(60) % 3 > 0,
        weights=np.repeat([1.0, 4.0], 30),
        automated=np.repeat([False, True], 30),
        decided=np.zeros(60),
    )
    assert found.error() == pytest.approx(1 / 3)
    assert found.wrong_from(0.9) == pytest.approx(40 / 150)
    assert (
        found.error(found.scores < 0),
        known.together([found, found]).error(found.automated.repeat(2)),
    ) == (
        None,
        pytest.approx(1 / 3),
    )


def test_what_is_known_is_read_in_one_statement(sentiment, rita, django_assert_num_queries):
    look(factories.submit(0.85), by=rita, label="positive")
    with django_assert_num_queries(1):
        assert len(recent(sentiment)) == 1
