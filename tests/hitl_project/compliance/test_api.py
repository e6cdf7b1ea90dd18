"""The trail's events through the API, by all that the page knows."""

import pytest
from rest_framework.test import APIClient

from audit import keys, trail
from tests import factories

pytestmark = pytest.mark.django_db

URL = "/api/v1/audit/events/"


def caller(*scopes, group="compliance"):
    _, text = keys.create_key(
        factories.person("cora", group), name="k", scopes=list(scopes), by="system:test"
    )
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def found(client, **query):
    return [row["verb"] for row in client.get(URL, query).json()["results"]]


def test_events_are_found_by_reference_model_policy_and_words():
    client = caller("audit:read")
    factories.item_type()
    factories.submit(0.97, ref="inv-1")
    assert found(client, item_ref="inv-1") == ["item.submitted"]
    assert found(client, model="clf@1", policy="sentiment/1") == ["item.submitted"]
    assert found(client, q='"auto-approve threshold"') == ["item.submitted"]
    assert found(client, q="nowhere") == found(client, policy="other/1") == []


def test_the_events_of_a_request_are_found_by_its_id():
    client = caller("audit:read")
    event = trail.record("x.done", ("routing.item", 1), by="user:rita")
    assert found(client, request_id="r-7") == []
    assert found(client, subject=event.subject) == ["x.done"]


def test_pages_are_walked_by_their_links():
    client = caller("audit:read")
    ids = [trail.record("x.done", ("routing.item", 1), by="user:rita").pk for _ in range(3)]
    first = client.get(URL, {"verb": "x.done", "page_size": 2}).json()
    second = client.get(first["next"]).json()
    assert [row["id"] for row in first["results"] + second["results"]] == ids[::-1]
    assert [row["id"] for row in client.get(second["previous"]).json()["results"]] == ids[:0:-1]


@pytest.mark.parametrize(("name", "value"), [("policy", "sentiment"), ("modle", "x"), ("q", "x" * 301)])
def test_a_parameter_that_makes_no_sense_is_400_by_name(name, value):
    response = caller("audit:read").get(URL, {name: value})
    assert (response.status_code, [one["attr"] for one in response.json()["errors"]]) == (400, [name])


def test_the_trail_needs_its_scope():
    assert APIClient().get(URL).status_code == 401
    assert caller("items:read", group="clients").get(URL).status_code == 403
