"""Agreement taken apart: by class, pair, person and week."""

from datetime import date

import pytest

from labeling.people.agreement_by import Habit, by_class, by_pair, by_person, by_week, mixed_up
from labeling.people.influence import Share
from tests.labeling.people.units import item_type, units

SAID = units(("negative", "negative"), times=6) + units(("neutral", "positive"), times=3)


def test_each_class_has_its_own_agreement():
    found = {
        one.name: (one.agreement.value, one.agreement.units, one.share) for one in by_class(item_type(), SAID)
    }
    sixth = pytest.approx(1 / 6)
    assert found == {
        "negative": (1.0, 6, pytest.approx(2 / 3)),
        "neutral": (0.0, 3, sixth),
        "positive": (0.0, 3, sixth),
    }


def test_labels_in_sets_count_one_by_one():
    both = units((["negative", "neutral"], ["negative"]))
    found = by_class(item_type(multilabel=True), both)
    assert [(one.name, one.agreement.value, one.share) for one in found] == [
        ("negative", 1.0, 1.0),
        ("neutral", 0.0, 0.5),
    ]


def test_classes_that_people_mix_up_are_named():
    assert mixed_up(item_type(), SAID) == [("neutral", "positive", 3)]


def test_two_people_have_their_share_and_their_kappa():
    found = by_pair(item_type(), SAID + units(("neutral", "neutral"), people=(3, 1)))
    assert [(one.people, one.same) for one in found] == [((1, 2), Share(6, 9)), ((1, 3), Share(1, 1))]
    assert found[0].kappa.value == pytest.approx((6 / 9 - 36 / 81) / (1 - 36 / 81))
    assert found[1].kappa.value is None


def test_of_numbers_no_kappa_is_told():
    made = item_type("regression", (), minimum=0, maximum=10)
    assert by_pair(made, units((1, 1)))[0].kappa is None


def test_a_habit_is_named_where_chance_alone_hardly_makes_it():
    found = {
        one.person: one for one in by_person(item_type(), units(("neutral", "positive"), times=30) + SAID)
    }
    assert found[1].habits == (Habit("neutral", 33, 0), Habit("positive", 0, 33))
    assert found[1].agreement.value == found[2].agreement.value == pytest.approx(6 / 39)
    few = by_person(item_type(), units(("neutral", "positive"), ("positive", "neutral"), times=3))
    assert [one.habits for one in few] == [(), ()]


def test_weeks_begin_on_mondays():
    weeks = by_week(item_type(), SAID + units(("negative", "positive"), days=7))
    assert {week: found.figures["percent"].value for week, found in weeks.items()} == {
        date(2026, 3, 2): pytest.approx(2 / 3),
        date(2026, 3, 9): 0.0,
    }
