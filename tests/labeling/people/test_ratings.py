"""Which answers are read: those that chance drew, apart from those that somebody asked for."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.models import Label
from labeling.people import ratings
from labeling.people.ratings import Rating
from routing import another
from tests import factories
from tests.labeling.opinions import answer, both_say, reviewers

pytestmark = pytest.mark.django_db
SINCE = timezone.now() - timedelta(days=1)


@pytest.fixture
def people():
    return reviewers("anna", "ben")


def test_items_drawn_on_arrival_are_read_with_both_answers(people, django_assert_num_queries):
    made = factories.item_type(overlap_share=1.0)
    both_say(people, ("negative", "negative"), ("negative", "positive"))
    with django_assert_num_queries(2):
        found = ratings.read(made, since=SINCE)
    anna, ben = (person.pk for person in people)
    assert [(unit.drawn, unit.weight, unit.ratings) for unit in found] == [
        (True, 1.0, (Rating(anna, "negative"), Rating(ben, "negative"))),
        (True, 1.0, (Rating(anna, "negative"), Rating(ben, "positive"))),
    ]


def test_an_opinion_that_somebody_asked_for_is_no_draw(people):
    made = factories.item_type()
    another.request(factories.submit(0.85).pk, why="A doubt.", by="system:test")
    answer(people[0], "negative")
    answer(people[1], "positive")
    assert [(unit.drawn, len(unit.ratings)) for unit in ratings.read(made, since=SINCE)] == [(False, 2)]


def test_a_pair_drawn_seldom_stands_for_many(people):
    made = factories.item_type(overlap_share=1.0)
    both_say(people, ("negative", "negative"))
    made.assignments.filter(purpose="overlap").update(inclusion=0.25)
    assert [unit.weight for unit in ratings.read(made, since=SINCE)] == [4.0]


def test_an_item_belongs_to_the_time_of_its_last_answer(people):
    made = factories.item_type(overlap_share=1.0)
    both_say(people, ("negative", "negative"))
    Label.objects.filter(user=people[1]).update(ts=timezone.now() - timedelta(days=3))
    Label.objects.filter(user=people[0]).update(ts=timezone.now() - timedelta(days=2))
    at = timezone.now() - timedelta(days=2, hours=1)
    assert (len(ratings.read(made, since=at)), ratings.read(made, since=SINCE)) == (1, [])
    assert ratings.read(made, since=at - timedelta(days=9), until=at) == []


def test_a_text_that_was_erased_says_nothing(people):
    made = factories.item_type(kind="generation", labels=[], overlap_share=1.0)
    payload = {"query": "Where?", "output": "There."}
    factories.submit(0.85, label="There.", payload=payload)
    for person in people:
        answer(person, "Here.")
    assert len(ratings.read(made, since=SINCE)) == 1
    Label.objects.filter(user=people[0]).update(label=None)
    assert ratings.read(made, since=SINCE) == []
