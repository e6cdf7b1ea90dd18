"""Every new label is read once by every check."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from labeling.alike import precedents
from labeling.models import Flag, Label
from labeling.quality import checking
from routing.models import Prediction
from tests import factories
from tests.labeling.quality import doubted

pytestmark = pytest.mark.django_db


def test_a_label_given_too_fast_is_flagged_once_with_a_line_in_the_trail():
    factories.item_type()
    flag = doubted.flagged(factories.person("rita", "reviewers"))
    assert doubted.check_all() == 0
    assert (Flag.objects.count(), flag.label, flag.outcome) == (1, doubted.of(flag.item), None)
    event = AuditEvent.objects.get(verb="flag.raised")
    assert (event.subject_id, event.actor, event.data["check"]) == (str(flag.pk), "system:checks", "too_fast")


def test_what_was_said_this_minute_is_left_for_its_author_to_correct():
    factories.item_type()
    factories.submit(0.7)
    doubted.answer(factories.person("rita", "reviewers"), spent=doubted.FAST)
    assert (checking.check(), checking.check(now=timezone.now() + timedelta(minutes=3))) == (0, 1)


@pytest.mark.parametrize(("source", "flags"), [("review", 1), ("seed", 0), ("gold", 0), ("second", 0)])
def test_tests_of_people_and_second_looks_are_not_checked(source, flags):
    factories.item_type()
    factories.submit(0.7)
    doubted.answer(factories.person("rita", "reviewers"), spent=doubted.FAST)
    Label.objects.update(source=source)
    assert (doubted.check_all(), Flag.objects.count()) == (1, flags)


def test_an_edit_that_changes_only_white_space_is_flagged_unless_the_look_was_blind():
    for blind in (0.0, 1.0):
        made = factories.item_type(f"replies-{blind:.0f}", kind="generation", labels=[], blind_share=blind)
        payload = {"query": "Late?", "output": "We are sorry.", "context": []}
        factories.submit(0.7, to=made.slug, payload=payload, label="We are sorry.")
        doubted.answer(factories.person(f"rita-{blind:.0f}", "reviewers"), "We  are sorry.")
    doubted.check_all()
    assert [(flag.item_type.slug, flag.check_name) for flag in Flag.objects.all()] == [
        ("replies-0", "empty_edit")
    ]


def test_a_twin_box_is_flagged():
    factories.item_type("cars", kind="detection", labels=["car"])
    image = {"image": "https://example.org/a.png", "width": 100, "height": 100}
    box = {"label": "car", "box": [10, 10, 50, 50]}
    factories.submit(0.7, to="cars", payload=image, label=[box])
    doubted.answer(factories.person("rita", "reviewers"), [box, box])
    doubted.check_all()
    assert [flag.check_name for flag in Flag.objects.all()] == ["impossible_box"]


def test_a_label_that_the_model_makes_improbable_is_flagged_by_what_it_said_before():
    made = factories.item_type()
    rita = factories.person("rita", "reviewers")
    for number in range(101):
        factories.submit(0.7, ref=f"item-{number}", payload={"text": f"{number} words of their own {number}"})
        doubted.answer(rita, "positive" if number else "negative")
    said = {"positive": 0.9, "negative": 0.1}
    Prediction.objects.filter(item__item_type=made).update(probabilities=said)
    while doubted.check_all():
        pass
    flag = Flag.objects.get(check_name="label_error")
    assert (flag.item.item_ref, round(flag.score, 6)) == ("item-0", 0.9)


def answered(rita, ref, label, text="The parcel came late and the box was open."):
    """Have an item of this text answered, so that it is found by what it looks like; return its label."""
    item = factories.submit(0.7, ref=ref, payload={"text": text})
    doubted.answer(rita, label)
    precedents.note(item.item_type)
    return doubted.of(item)


def test_two_that_differ_on_the_same_text_are_both_flagged():
    factories.item_type()
    rita = factories.person("rita", "reviewers")
    first, other = answered(rita, "a", "positive"), answered(rita, "b", "negative")
    doubted.check_all()
    flags = {flag.label: flag.detail for flag in Flag.objects.filter(check_name="contradiction")}
    assert flags == {
        first: "b, 100 % alike, was answered negative",
        other: "a, 100 % alike, was answered positive",
    }


def test_of_three_the_one_that_differs_is_flagged():
    factories.item_type()
    rita = factories.person("rita", "reviewers")
    wrong = answered(rita, "a", "positive")
    answered(rita, "b", "negative")
    answered(rita, "c", "negative")
    doubted.check_all()
    assert set(Flag.objects.values_list("label", "check_name")) == {(wrong.pk, "contradiction")}


def test_texts_with_another_number_do_not_contradict_each_other():
    factories.item_type()
    rita = factories.person("rita", "reviewers")
    answered(rita, "a", "positive", "The parcel of order 17 came late and the box was open again today.")
    answered(rita, "b", "negative", "The parcel of order 18 came late and the box was open again today.")
    doubted.check_all()
    assert Flag.objects.count() == 0
