"""An expert sees others' answers side by side and may take one of them as it is; nobody else does."""

import pytest
from django.urls import reverse

from labeling.models import Review
from labeling.pages.adjudicating import sides
from labeling.pages.words import Piece
from routing.models import Assignment, Item
from tests import factories
from tests.api_client import caller
from tests.labeling.opinions import answer, reviewers
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def edgar():
    return signed_in("experts", name="edgar")


def disputed(to, said, **fields):
    """Return an item of this type to which people in turn gave these answers; None is a rejection."""
    factories.submit(0.85, to=to, **fields)
    for person, label in zip(reviewers("anna", "ben", "carl"), said, strict=False):
        answer(person, action="reject", comment="Neither.") if label is None else answer(person, label)
    return Item.objects.get()


def page(client):
    return client.get(reverse("review-work")).context["page"]


def told(sides):
    return [(side.text, [voice.who for voice in side.voices], side.key) for side in sides]


def test_equal_answers_are_one_side_and_each_has_a_free_key(edgar):
    factories.item_type(labels=["f", "negative", "positive"], opinions_wanted=3)
    disputed("sentiment", ["negative", "positive", "negative"])
    assert told(page(edgar).sides) == [("negative", ["anna", "carl"], "h"), ("positive", ["ben"], "j")]


def test_a_refusal_stands_last_with_its_reason_and_can_not_be_taken(edgar):
    factories.item_type()
    disputed("sentiment", [None])
    side = page(edgar).sides[0]
    assert (side.text, side.voices[0].comment, side.review, side.key) == ("Rejected", "Neither.", None, None)


def test_texts_are_compared_with_what_the_model_said(edgar):
    factories.item_type("answers", kind="generation", labels=[], opinions_wanted=2)
    payload = {"query": "When?", "context": [], "output": "On Sunday."}
    disputed("answers", ["On Monday.", "On Sunday."], payload=payload, label="On Sunday.")
    assert [side.pieces for side in page(edgar).sides] == [
        (Piece("same", "On "), Piece("out", "Sunday"), Piece("in", "Monday"), Piece("same", ".")),
        (Piece("same", "On Sunday."),),
    ]


def test_numbers_say_how_far_from_the_model_they_lie(edgar):
    factories.item_type("price", kind="regression", labels=[], unit="EUR", opinions_wanted=2)
    disputed("price", [12.5, 10], label=10)
    assert [(side.text, side.apart) for side in page(edgar).sides] == [
        ("12.5", "+2.5 EUR"),
        ("10", "as the model said"),
    ]


@pytest.mark.parametrize(("cover", "source"), [("nothing", "https://img.example/1.png"), ("blur", "")])
def test_boxes_are_drawn_and_covered_pictures_are_not(edgar, cover, source):
    factories.item_type("cats", kind="detection", labels=["cat"], opinions_wanted=2, cover=cover)
    payload = {"image": "https://img.example/1.png", "width": 100, "height": 80}
    disputed("cats", [[{"label": "cat", "box": [0, 0, 10, 20]}], []], payload=payload, label=[])
    drawing = page(edgar).sides[0].drawing
    assert (drawing.width, drawing.height, drawing.source, drawing.shapes) == (
        100,
        80,
        source,
        (("cat", "0,0 10,0 10,20 0,20"),),
    )


def test_taking_an_answer_is_giving_it(edgar):
    factories.item_type(opinions_wanted=2)
    item = disputed("sentiment", ["negative", "positive"])
    shown = page(edgar)
    fields = {"taken": shown.sides[0].review, "comment": "Sarcasm."}
    edgar.post(reverse("review-answer", args=[shown.seat.pk]), fields)
    item.refresh_from_db()
    said = Review.objects.get(user=edgar.user)
    assert (item.label, item.decided_by, said.comment) == ("negative", "user:edgar", "Sarcasm.")


def test_who_corrects_a_decision_sees_the_others_without_the_own_answer_and_may_take_one(edgar):
    factories.item_type(labels=["negative", "neutral", "positive"], opinions_wanted=2)
    item = disputed("sentiment", ["negative", "positive"])
    seat = page(edgar).seat
    edgar.post(reverse("review-answer", args=[seat.pk]), {"label": "neutral"})
    shown = edgar.get(reverse("review-undo")).context["page"].sides
    assert [side.text for side in shown] == ["negative", "positive"]
    edgar.post(reverse("review-correct", args=[seat.pk]), {"taken": shown[0].review})
    item.refresh_from_db()
    assert item.label == "negative"


def test_what_was_said_of_another_item_can_not_be_taken(edgar):
    factories.item_type(opinions_wanted=2)
    disputed("sentiment", ["negative", "positive"])
    factories.submit(0.3)
    seat = page(edgar).seat
    stranger = Review.objects.exclude(item=seat.item).first() or Review.objects.first()
    Assignment.objects.filter(pk=seat.pk).update(item=Item.objects.exclude(pk=stranger.item_id).get())
    response = edgar.post(reverse("review-answer", args=[seat.pk]), {"taken": stranger.pk})
    assert (response.status_code, Review.objects.filter(user=edgar.user).count()) == (400, 0)


def test_who_gives_an_opinion_or_validates_neither_sees_nor_takes_what_others_said(edgar):
    factories.item_type(validated_share=1.0)
    disputed("sentiment", ["negative"])
    shown = page(edgar)
    assert (shown.seat.purpose, shown.badge, shown.sides) == ("validate", "Validation", ())
    fields = {"taken": Review.objects.get().pk}
    assert edgar.post(reverse("review-answer", args=[shown.seat.pk]), fields).status_code == 400


def test_an_expert_hears_the_others_through_the_api_and_nobody_else_does(edgar):
    factories.item_type(opinions_wanted=2)
    disputed("sentiment", ["negative", "positive"])
    seat = caller("reviews:write", user=edgar.user).post("/api/v1/assignments/claim/", {}).json()
    assert [tuple(one.values()) for one in seat["opinions"]] == [
        ("anna", "edit", "negative", ""),
        ("ben", "approve", "positive", ""),
    ]
    factories.submit(0.85)
    otto = caller("reviews:write", user=factories.person("otto", "reviewers"))
    assert otto.post("/api/v1/assignments/claim/", {}).json()["opinions"] == []


def test_others_answers_are_read_in_one_statement(edgar):
    factories.item_type(opinions_wanted=3)
    disputed("sentiment", ["negative", "positive", "negative"])
    seat = page(edgar).seat
    with counted(most=1):
        assert [len(side.voices) for side in sides(seat, (), ())] == [2, 1]
