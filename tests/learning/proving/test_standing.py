"""Arms: which part an answer belongs to, however it came, told by what people did at real seats."""

import pytest

from labeling.answering import correcting, review
from labeling.answering.review import Answer
from labeling.models import Label
from learning.asking import batch
from learning.drift import asking, looking
from learning.proving import standing
from routing import assignments
from routing.models import Assignment, Priority
from tests import factories
from tests.learning import worlds
from tests.learning.drift import streams

pytestmark = pytest.mark.django_db


@pytest.fixture
def seats():
    """Two seats that were drawn and two that the strategy chose, of four waiting items."""
    item_type = worlds.shapes(plan={"strategy": "margin", "random_share": 0.5, "batch_size": 4})
    worlds.items(item_type, 4, held_out=0)
    batch.sample(item_type, trigger="test")
    return list(Assignment.objects.select_related("item").order_by("inclusion", "id"))


def answered(seat, person, label=None):
    """Let the person who holds the seat say what the item is."""
    review.submit(seat.pk, Answer("edit", label or worlds.truth(seat.item)), by=person)


def held(seat, person):
    """Let the person claim this very seat."""
    Assignment.objects.update(priority=min(Priority))
    Assignment.objects.filter(pk=seat.pk).update(priority=max(Priority))
    assert assignments.claim(by=person).pk == seat.pk


def arms(item_type):
    counts = standing.counts(item_type)
    return counts.chosen, counts.random


def test_a_pick_of_all_that_waits_keeps_its_arms_apart(seats):
    assert [seat.inclusion for seat in seats] == [0.5, 0.5, 1.0, 1.0]


def test_a_seat_that_somebody_gave_back_keeps_its_arm(seats):
    ada, bob = factories.person("ada", "reviewers"), factories.person("bob", "reviewers")
    held(seats[0], ada)
    assignments.release(seats[0].pk, by=ada)
    held(seats[0], bob)
    answered(seats[0], bob)
    assert arms(seats[0].item_type) == (0, 1)


def test_an_answer_that_its_author_corrects_counts_once_and_keeps_its_arm(seats):
    ada = factories.person("ada", "reviewers")
    for seat in seats[1:3]:
        held(seat, ada)
        answered(seat, ada, "star")
        correcting.correct(seat.pk, Answer("edit", "circle"), by=ada)
    assert Label.objects.filter(source="learn").count() == 4
    assert arms(seats[0].item_type) == (1, 1)


@pytest.mark.parametrize("source", ["overlap", "expert", "audit", "import", "feedback", "review"])
def test_what_others_say_of_the_item_belongs_to_no_arm(seats, source):
    worlds.label([seats[0].item, seats[2].item], source=source, inclusion=0.5)
    assert arms(seats[0].item_type) == (0, 0)


def test_what_was_asked_because_of_drift_belongs_to_no_arm():
    made = streams.drifted({"batch_size": 10}, auto_approve=0.8)
    asking.ask(looking.look(made))
    ada = factories.person("ada", "reviewers")
    for seat in Assignment.objects.filter(purpose="learn")[:2]:
        held(seat, ada)
        answered(seat, ada, "negative")
    assert Label.objects.filter(source="learn", inclusion__lt=1).count() == 2
    assert arms(made) == (0, 0)


def test_small_picks_are_drawn_from_as_often_as_the_plan_says():
    item_type = worlds.shapes(plan={"strategy": "margin", "batch_size": 3})
    worlds.items(item_type, 90, held_out=0)
    for _ in range(30):
        batch.sample(item_type, trigger="test")
    drawn = Assignment.objects.filter(inclusion__lt=1)
    assert 3 <= drawn.count() <= 18  # 9 in the mean
