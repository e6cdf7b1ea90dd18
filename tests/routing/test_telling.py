"""What the trail is told of an item: what was said in free words in confidence, all else readable."""

import pytest

from audit import trail
from routing import telling
from tests import factories

pytestmark = pytest.mark.django_db

ASKED = {"query": "Who is Ann?", "output": "Ann lives in Bonn."}


def events(item):
    return list(trail.story(item))


def test_words_that_a_model_said_are_locked_and_opened_by_the_items_secret():
    factories.item_type("answers", kind="generation", labels=[])
    item = factories.submit(0.99, to="answers", label="Ann lives in Bonn.", payload=ASKED)
    (event,) = events(item)
    assert "Bonn" not in event.body
    assert "label" not in event.data
    assert trail.opened(event, item.secret)["label"] == "Ann lives in Bonn."


def test_once_the_secret_is_gone_the_words_stay_closed_and_the_rest_is_read():
    factories.item_type("answers", kind="generation", labels=[])
    item = factories.submit(0.99, to="answers", label="Ann lives in Bonn.", payload=ASKED)
    data = trail.opened(events(item)[0], None)
    assert (data["status"], data["policy"], "label" in data, "private" in data) == (
        "approved",
        1,
        False,
        False,
    )


def test_classes_stay_readable_and_payload_is_told_by_its_fingerprint_alone():
    factories.item_type()
    item = factories.submit(0.99, payload={"text": "Ann was here."})
    data = events(item)[0].data
    assert (data["label"], "private" in data) == ("positive", False)
    assert data["content"] == telling.content(item)
    assert "Ann" not in events(item)[0].body


def test_the_fingerprint_is_that_of_the_stored_row():
    factories.item_type()
    item = factories.submit(
        0.99, payload={"text": "x", "size": 1e20, "zero": -0.0}, context={"bb": 1, "a": [2.50]}
    )
    told = telling.content(item)
    item.refresh_from_db()
    assert telling.content(item) == told
    item.payload["text"] = "y"
    assert telling.content(item) != told


def test_a_reason_that_quotes_what_models_say_is_not_readable():
    factories.item_type("answers", kind="generation", labels=[], committee_limit=0.1)
    said = (factories.opinion(0.99, "Ann lives in Bonn."), factories.opinion(0.9, "In Rome.", model="b@1"))
    item = factories.submit(to="answers", payload=ASKED, opinions=said)
    (event,) = events(item)
    assert "committee" in [reason["code"] for reason in item.reasons]
    assert "Rome" not in event.body
    assert trail.opened(event, item.secret)["reasons"] == [reason["text"] for reason in item.reasons]
