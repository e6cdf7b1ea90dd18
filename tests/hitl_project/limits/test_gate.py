"""What is too long is refused before its body is read, with what to do about it."""

import json
import time

import pytest
from django.test import Client

from routing import bounds
from tests.api_client import attrs, caller
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def refused(**sent):
    """Return status and code of what an API address answers."""
    answer = Client().generic("POST", "/api/v1/items/", **sent)
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_a_body_that_says_it_is_too_large_is_refused_unread():
    assert refused(CONTENT_LENGTH=str(33 * 1024 * 1024)) == (413, "too_large")
    assert refused(CONTENT_LENGTH="9" * 5000) == (413, "too_large")


@pytest.mark.parametrize(
    ("who", "megabytes", "status"), [("stranger", 33, 413), ("rita", 33, 405), ("rita", 1_025, 413)]
)
def test_a_file_is_taken_from_who_is_signed_in_alone(who, megabytes, status):
    client = signed_in("reviewers", name=who) if who != "stranger" else Client()
    sent = {"CONTENT_LENGTH": str(megabytes * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    assert client.generic("POST", "/review/sitting/", **sent).status_code == status


def test_a_body_needs_its_length_and_a_whole_one():
    assert refused(HTTP_TRANSFER_ENCODING="chunked") == (411, "length_required")
    assert refused(CONTENT_LENGTH="-1") == (400, "invalid")


def test_an_address_has_an_end():
    answer = Client().get("/api/v1/items/", {"item_ref": "x" * 4_000})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (414, "too_long")
    assert Client().get("/accounts/login/", {"next": "x" * 4_000}).status_code == 414


HOSTILE = {
    "deep": b"[" * 400_000,
    "deep objects": b'{"a":' * 400_000,
    "lists": b"[" + b"[]," * 600_000 + b"[]]",
    "values": b"[" + b"0," * 5_100_000 + b"0]",
    "infinite": b'{"item_type": "sentiment", "item_ref": "r", "payload": {"text": "x"}, "predictions": '
    b'[{"model": "m", "label": "positive", "confidence": 1e400}]}',
    "never closed": b"[" * 500_001 + b'"' + b'\\"' * 300_000,
    "long number": b'{"item_ref": ' + b"9" * 100_000 + b"}",
    "half a pair": b'{"item_ref": "\\ud800"}',
    "not UTF-8": b'{"item_ref": "\xff"}',
    "empty": b"",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_json_is_refused_at_once(body):
    client = caller("items:write")
    begun = time.process_time()
    answer = client.post("/api/v1/items/", body, content_type="application/json")
    assert answer.status_code == 400
    assert time.process_time() - begun < 2


def test_brackets_in_texts_are_no_lists(monkeypatch):
    monkeypatch.setattr(bounds, "MOST_NESTED", 10)
    monkeypatch.setattr(bounds, "MOST_VALUES", 10)
    text = json.dumps({"code": '[{,"\\' * 50}).encode()
    assert bounds.too_many(text) is None
    told = "The body has more than 10 lists and objects. Send it in parts."
    assert bounds.too_many(b'{"a": "x"}' * 11) == told
    assert [bounds.too_many(b'"' + b"[" * 11 + end) for end in (b"", b"\\", b'\\"')] == [None] * 3


def test_a_body_of_too_many_values_is_told_to_come_in_parts():
    answer = caller("items:write").post("/api/v1/items/", HOSTILE["lists"], content_type="application/json")
    assert attrs(answer) == [("too_large", None)]
