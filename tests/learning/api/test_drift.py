"""Looks at what arrives through the API: newest first, of one item type, and who may."""

import pytest

from learning.drift import looking
from learning.drift.words import TITLES
from tests import factories
from tests.api_client import caller
from tests.learning.drift import streams

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    return looking.look(streams.drifted({}))


def test_a_look_tells_what_moved_what_was_done_and_all_its_tests(report):
    (said,) = caller("models:read").get("/api/v1/drift/").json()["results"]
    report.refresh_from_db()
    assert said == {
        "id": report.pk,
        "item_type": "mail",
        "model": "clf@1",
        "created_at": said["created_at"],
        "window": 200,
        "drifted": True,
        "reasons": report.reasons,
        "acted": report.acted,
        "found": report.found,
    }
    assert [one["test"] for one in said["found"]["tests"]] == ["scores", "answers", "inputs", "fields"]
    assert {one["test"] for one in said["found"]["tests"]} < set(TITLES)


def test_the_list_can_be_narrowed_to_an_item_type(report):
    factories.item_type("other")
    api = caller("models:read")
    assert len(api.get("/api/v1/drift/?item_type=mail").json()["results"]) == 1
    assert api.get("/api/v1/drift/?item_type=other").json()["results"] == []
    assert api.get("/api/v1/drift/?item_type=none").status_code == 400
    assert api.get("/api/v1/drift/?type=mail").status_code == 400


def test_it_needs_the_scope(client):
    assert client.get("/api/v1/drift/").status_code == 401
    assert caller("items:read").get("/api/v1/drift/").status_code == 403
