"""The pure chain: digests that tell every change, and verification that names the first broken thing."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from audit import chain
from audit.chain import Broken, Event, Link

NOON = datetime(2026, 1, 2, 12, 0, 0, 5, tzinfo=UTC)


def event(number, **fields):
    """Return an event with its right digest."""
    made = Event(number, NOON, "user:rita", "item.judged", "routing.item", str(number), "", "{}", "")
    made = made._replace(**fields)
    return made._replace(digest=chain.event_digest(made))


def test_canonical_json_has_one_form():
    assert chain.canonical({"b": [1, 2.5], "a": "é"}) == '{"a":"é","b":[1,2.5]}'


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_canonical_json_refuses_what_is_no_number(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        chain.canonical({"a": number})


def test_times_ids_and_decimals_become_text():
    east = NOON.astimezone(timezone(timedelta(hours=4)))
    values = [east, date(2026, 1, 2), UUID(int=1), Decimal("0.10")]
    assert chain.canonical(values) == (
        '["2026-01-02T12:00:00.000005+00:00","2026-01-02","00000000-0000-0000-0000-000000000001","0.10"]'
    )


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="needs a zone"):
        chain.canonical(NOON.replace(tzinfo=None))


def test_an_object_without_json_form_is_refused_by_name():
    with pytest.raises(TypeError, match="can't hold a set"):
        chain.canonical({"a": {1}})


def test_the_digest_of_an_event_is_the_sha256_of_its_canonical_content():
    content = (
        '{"actor":"user:rita","at":"2026-01-02T12:00:00.000005+00:00","body":"{}","request_id":"",'
        '"subject_id":"7","subject_type":"routing.item","verb":"item.judged"}'
    )
    assert event(7).digest == hashlib.sha256(content.encode()).hexdigest()


@pytest.mark.parametrize("name", chain.CONTENT)
def test_each_field_of_an_event_changes_its_digest(name):
    other = NOON + timedelta(microseconds=1) if name == "at" else "other"
    assert chain.event_digest(event(7)._replace(**{name: other})) != event(7).digest


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2},
        {"at": NOON + timedelta(seconds=1)},
        {"events": 3},
        {"members": ((1, 1), (3, 3))},
        {"last_id": 9},
        {"complete_to": 1},
        {"writing": ("3/4",)},
        {"previous": "1" * 64},
        {"root": "1" * 64},
    ],
)
def test_each_field_of_a_seal_changes_its_digest(change):
    link = Link(1, NOON, 2, ((1, 2),), 2, 0, (), chain.GENESIS)
    assert chain.seal_digest(replace(link, **change)) != chain.seal_digest(link)


def test_ids_become_runs_of_consecutive_ones():
    assert chain.runs([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]


@pytest.mark.parametrize("text", ["", "7", "[[1]]", '[["a",2]]', "{}"])
def test_members_that_say_nothing_sensible_are_an_altered_seal(text):
    with pytest.raises(Broken, match="seal 4 was altered: its members"):
        chain.parse_members(4, text, 1, 2)
