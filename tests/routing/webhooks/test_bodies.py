"""Messages are of bounded size, and may be wrapped as CloudEvents."""

import pytest

from routing.webhooks import bodies
from routing.wire import dump

BODY = {
    "type": "item.decided",
    "timestamp": "2026-11-21T10:00:00+00:00",
    "data": {"id": "1", "item_ref": "r-1", "label": "ok", "reasons": ["a"]},
}


def test_a_short_message_stays_as_it_is():
    assert bodies.fitted(BODY, link="/api/v1/items/1/") == BODY


@pytest.mark.parametrize("longest", [300, 700, 20_000])
def test_a_long_one_loses_its_largest_parts_and_says_where_they_are(longest):
    long = {**BODY, "data": {**BODY["data"], "label": "x" * 50_000, "reasons": ["y" * 300]}}
    found = bodies.fitted(long, link="/api/v1/items/1/", longest=longest)
    trimmed = ["label"] if longest > 600 else ["label", "reasons"]
    assert found["data"]["trimmed"] == trimmed
    assert (found["data"]["label"], found["data"]["link"]) == (None, "/api/v1/items/1/")
    assert len(dump(found)) <= longest


def test_a_cloud_event_has_the_messages_own_id_and_data():
    found = bodies.cloud_event(BODY, message_id="m-1")
    assert found == {
        "specversion": "1.0",
        "type": "item.decided",
        "source": "/hitl",
        "id": "m-1",
        "time": BODY["timestamp"],
        "subject": "r-1",
        "datacontenttype": "application/json",
        "data": BODY["data"],
    }
