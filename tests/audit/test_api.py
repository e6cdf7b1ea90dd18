"""The trail through the API."""

import pytest
from django.contrib.auth.models import User
from django.utils.dateparse import parse_datetime
from rest_framework.test import APIClient

from audit import keys, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    _, text = keys.create_key(
        User.objects.create_user("cora"), name="k", scopes=["audit:read"], by="system:key"
    )
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


@pytest.fixture
def events():
    """Four events by two actors on three subjects."""
    return [
        trail.record("item.submitted", ("routing.item", "a:7"), by="user:rita"),
        trail.record("item.judged", ("routing.item", "a:7"), by="system:router", confidence=0.5),
        trail.record("item.submitted", ("routing.item", 8), by="user:rita"),
        trail.record("label.given", ("labeling.label", 8), by="user:rita"),
    ]


def found(api, **query):
    """Return the ids of the answer."""
    return [row["id"] for row in api.get("/api/v1/audit/events/", query).json()["results"]]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"subject": "routing.item"}, [2, 1, 0]),
        ({"subject": "routing.item:a:7"}, [1, 0]),
        ({"subject": "routing.item:9"}, []),
        ({"actor": "user:rita"}, [3, 2, 0]),
        ({"verb": "item.submitted", "actor": "user:rita", "subject": "routing.item:8"}, [2]),
    ],
)
def test_events_are_found_by_what_is_asked_newest_first(api, events, query, wanted):
    assert found(api, **query) == [events[index].pk for index in wanted]


def test_since_is_inclusive_and_until_is_not(api, events):
    since, until = (events[index].at.isoformat() for index in (1, 3))
    assert found(api, since=since, until=until) == [events[2].pk, events[1].pk]


def test_an_event_shows_all_that_is_known_of_it(api, events):
    row = api.get("/api/v1/audit/events/", {"verb": "item.judged"}).json()["results"][0]
    assert parse_datetime(row.pop("at")) == events[1].at
    assert row == {
        "id": events[1].pk,
        "actor": "system:router",
        "verb": "item.judged",
        "subject_type": "routing.item",
        "subject_id": "a:7",
        "request_id": "",
        "data": {"confidence": 0.5},
        "digest": events[1].digest,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("since", "yesterday"),
        ("until", "2026-13-01"),
        ("page_size", "5000"),
        ("cursor", "x"),
        ("verb", "x" * 101),
    ],
)
def test_a_parameter_that_makes_no_sense_is_400_by_name(api, name, value):
    response = api.get("/api/v1/audit/events/", {name: value})
    assert (response.status_code, response.json()["type"]) == (400, "validation_error")
    assert [one["attr"] for one in response.json()["errors"]] == [name]


def test_events_can_be_read_only(api):
    assert [
        getattr(api, verb)("/api/v1/audit/events/").status_code for verb in ("post", "put", "delete")
    ] == [
        405,
        405,
        405,
    ]
