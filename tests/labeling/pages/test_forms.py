"""What the pages post is read strictly where it matters and leniently where it doesn't."""

from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from labeling.answering.review import Answer
from labeling.pages.forms import LONGEST_LOOK_MS, AnswerForm, LeaseForm, WhichForm


def answered(text):
    form = AnswerForm(QueryDict(text))
    assert form.is_valid()
    return form.answer()


def test_a_label_without_an_action_is_an_edit():
    assert answered("label=positive") == Answer("edit", label="positive", in_order=True)


def test_ticked_boxes_are_a_list():
    assert answered("action=edit&labels=a&labels=b").label == ["a", "b"]


@pytest.mark.parametrize(
    ("sent", "kept"), [("1500", 1500), ("-3", None), ("soon", None), ("", None), ("9" * 12, LONGEST_LOOK_MS)]
)
def test_an_odd_time_is_unknown_and_a_forgotten_tab_no_thought(sent, kept):
    assert answered(f"action=approve&time_spent_ms={sent}").time_spent_ms == kept


@pytest.mark.parametrize("text", ["action=destroy", "action=approve&confidence=2", "confidence=nan"])
def test_what_cannot_be_is_refused(text):
    assert not AnswerForm(QueryDict(text)).is_valid()


@pytest.mark.parametrize(
    ("sent", "label"),
    [
        ("nothing=1&typed=", None),
        ("typed=+Q7+", "Q7"),
        ("label=Q1&typed=Q7", "Q1"),
        ("number=7", 7),
        ("number=-7.50", -7.5),
        ("number=7,5", 7.5),
        ("number=0,125", 0.125),
        ("number=1,250", "1,250"),
        ("number=1e3", 1000.0),
        ("number=NaN", "NaN"),
        ("number=", ""),
        ("json=[{}]", [{}]),
        ("json=[{", "[{"),
        (f"json={'[' * 9999}", "[" * 9999),
    ],
)
def test_the_label_is_what_the_pressed_button_or_the_one_field_says(sent, label):
    said = answered(f"action=edit&{sent}").label
    assert (said, type(said)) == (label, type(label))


def test_a_filter_that_is_no_name_finds_nothing():
    assert WhichForm({"queue": "a b"}).which() == {"queue": "", "item_type": None}
    assert WhichForm({"queue": "reviews"}).which() == {"queue": "reviews", "item_type": None}


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("2026-11-20T10:00:00+00:00", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T10:00:00", None),
        ("2026-99-99T10:00:00+00:00", None),
        ("", None),
    ],
)
def test_a_lease_is_a_moment_with_its_zone(sent, moment):
    assert LeaseForm({"lease": sent}).moment() == moment
