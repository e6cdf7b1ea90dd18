"""The order in which a pair is shown is drawn for each person and seat, and kept with what they say."""

import pytest

from labeling.answering.choices import choices, in_words
from labeling.answering.review import Answer, submit
from labeling.models import Review
from routing import assignments
from tests import factories

pytestmark = pytest.mark.django_db
PAIR = {"prompt": "Say hello.", "a": "Hello.", "b": "Yo."}


@pytest.fixture
def item():
    factories.item_type("pairs", kind="preference", labels=[])
    return factories.submit(0.85, to="pairs", label="a", payload=PAIR)


def order(item, seat, person):
    return [one.label for one in choices(item, seat, person)]


def test_the_order_is_kept_for_a_person_and_seat_and_fair_over_many(item):
    orders = [order(item, seat, person) for seat in range(40) for person in range(25)]
    assert orders == [order(item, seat, person) for seat in range(40) for person in range(25)]
    assert 440 < orders.count(["a", "b", "tie"]) < 560
    assert orders.count(["b", "a", "tie"]) == 1000 - orders.count(["a", "b", "tie"])


def test_names_follow_the_place_and_labels_stay_with_the_text(item):
    for seat in range(10):
        offered = choices(item, seat, 1)
        assert {one.label: one.description for one in offered} == {"a": "Hello.", "b": "Yo.", "tie": ""}
        assert [(one.name, one.key) for one in offered] == [
            ("1 is better", "1"),
            ("2 is better", "2"),
            ("A tie", "0"),
        ]
        assert in_words(item, offered, offered[0].label) == "1 is better"
    assert in_words(item, (), "a") == "A is better"


@pytest.mark.parametrize("in_order", [True, False])
def test_the_order_shown_is_kept_with_the_review_and_unknown_from_elsewhere(item, in_order):
    rita = factories.person("rita", "reviewers")
    seat = assignments.claim(by=rita)
    submit(seat.pk, Answer("edit", "b", in_order=in_order), by=rita)
    expected = {"order": order(item, seat.pk, rita.pk)} if in_order else None
    assert Review.objects.values_list("shown", "label").get() == (expected, "b")


def test_a_kind_in_a_fixed_order_keeps_none():
    factories.item_type()
    factories.submit(0.85)
    rita = factories.person("rita", "reviewers")
    submit(assignments.claim(by=rita).pk, Answer("approve", in_order=True), by=rita)
    assert Review.objects.get().shown is None
