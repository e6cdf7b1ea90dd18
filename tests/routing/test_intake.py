"""What clients send is checked field by field, and everything that is wrong is said at once."""

import pytest

from routing import intake
from routing.errors import InvalidInput
from routing.models import Item
from tests import factories
from tests.api_client import item

pytestmark = pytest.mark.django_db


@pytest.fixture
def sentiment():
    return factories.item_type()


def problems(raw, item_type):
    with pytest.raises(InvalidInput) as caught:
        intake.clean_entry(raw, item_type)
    return [(one.attr, one.code) for one in caught.value.problems]


def said(**fields):
    return item(predictions=[{"model": "clf@3", **fields}])


def test_a_good_entry_comes_through_whole(sentiment):
    entry = intake.clean_entry(
        item("r-9", 0.9, context={"amount": 5}, callback_url="https://client.example/hook"), sentiment
    )
    assert (entry.item_ref, entry.context, entry.callback_url, entry.pool) == (
        "r-9",
        {"amount": 5},
        "https://client.example/hook",
        False,
    )
    assert (entry.opinions[0].label, entry.opinions[0].confidence) == ("negative", 0.9)


def test_all_mistakes_are_named_with_their_paths(sentiment):
    raw = {"payload": {}, "predictions": [{"label": 3}, 7], "purpose": "x", "speed": 1}
    assert sorted(problems(raw, sentiment), key=str) == [
        ("item_ref", "required"),
        ("payload", "required"),
        ("predictions.0.confidence", "required"),
        ("predictions.0.model", "required"),
        ("predictions.1", "invalid"),
        ("purpose", "invalid"),
        ("speed", "unknown_field"),
    ]


@pytest.mark.parametrize(
    ("fields", "attr", "code"),
    [
        ({"label": "negative"}, "confidence", "required"),
        ({"label": "negative", "confidence": 1.2}, "confidence", "out_of_range"),
        ({"label": "negative", "confidence": True}, "confidence", "invalid"),
        ({"label": "negative", "confidence": float("nan")}, "confidence", "invalid"),
        ({"confidence": 0.9}, "label", "required"),
        ({"label": ["negative"], "confidence": 0.9}, "label", "invalid"),
        ({"label": "negative", "probabilities": {"negative": 0.5}}, "probabilities", "invalid"),
        ({"label": "negative", "probabilities": {"negative": 2}}, "probabilities.negative", "out_of_range"),
        ({"label": "other", "probabilities": {"negative": 1}}, "confidence", "required"),
        ({"label": "negative", "confidence": 0.9, "modle": 1}, "modle", "unknown_field"),
    ],
)
def test_a_prediction_that_makes_no_sense_is_refused(sentiment, fields, attr, code):
    assert (f"predictions.0.{attr}", code) in problems(said(**fields), sentiment)


def test_confidence_and_label_are_read_from_the_probabilities(sentiment):
    probabilities = {"negative": 0.3, "positive": 0.7}
    entry = intake.clean_entry(said(probabilities=probabilities), sentiment)
    assert (entry.opinions[0].label, entry.opinions[0].confidence) == ("positive", 0.7)
    entry = intake.clean_entry(said(label="negative", probabilities=probabilities), sentiment)
    assert (entry.opinions[0].label, entry.opinions[0].confidence) == ("negative", 0.3)


def test_a_label_that_nobody_knows_goes_on_to_people(sentiment):
    taken = intake.take_in([said(label="sarcastic", confidence=0.99)], by="system:test")
    assert taken[0].item.status == "pending_human"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example/",
        "javascript:alert(1)",
        "https://",
        "http://a b/",
        "http://u:p@x.example/",
        5,
        "http://x:99999/",
    ],
)
def test_an_address_that_cannot_be_called_is_refused(sentiment, url):
    assert problems(item(callback_url=url), sentiment) == [("callback_url", "invalid")]


def test_what_cannot_be_stored_is_refused(sentiment):
    deep = {"a": None}
    for _ in range(40):
        deep = {"a": deep}
    assert problems(item("a\x00b"), sentiment) == [("item_ref", "invalid")]
    assert problems(item(payload={"text": "a", "more": "\ud800"}), sentiment) == [("payload", "invalid")]
    assert problems(item(payload={"text": "a", "more": float("inf")}), sentiment) == [("payload", "invalid")]
    assert problems(item(context=deep), sentiment) == [("context", "too_deep")]
    assert problems(item(context={"a": ["x" * 50_000] * 3}), sentiment) == [("context", "too_large")]


def test_too_many_predictions_are_refused(sentiment):
    many = [{"model": "m", "label": "negative", "confidence": 0.5}] * 33
    assert problems(item(predictions=many), sentiment) == [("predictions", "invalid")]


def test_types_may_be_mixed_and_the_order_is_kept(sentiment):
    factories.item_type("urgency", labels=["low", "high"])
    raws = [
        item("a"),
        item("b", None, item_type="urgency"),
        item("c"),
        item("a"),
    ]
    taken = intake.take_in(raws, by="system:test")
    assert [(one.item.item_ref, one.duplicate) for one in taken] == [
        ("a", False),
        ("b", False),
        ("c", False),
        ("a", True),
    ]
    assert Item.objects.count() == 3
