"""The targets through the API."""

import pytest

from hitl_project.goals.definitions import DEFINITIONS
from tests import factories
from tests.api_client import attrs, caller

pytestmark = pytest.mark.django_db

URL = "/api/v1/targets/"


def test_every_figure_is_given_with_its_target():
    factories.item_type()
    factories.submit(0.97)
    factories.submit(0.85)
    found = caller("metrics:read").get(URL).json()
    assert [one["metric"] for one in found["figures"]] == list(DEFINITIONS)
    first = found["figures"][0]
    assert (first["value"], first["count"], first["target"], first["aim"], first["verdict"]) == (
        0.5,
        2,
        0.85,
        "least",
        "undecided",
    )
    assert [one["value"] for one in first["weeks"]] == [0.5]


def test_items_are_given_by_workflow_and_state():
    factories.item_type(opinions_wanted=2)
    factories.submit(0.97)
    factories.submit(0.85)
    flow = caller("metrics:read").get(URL, {"item_type": "sentiment"}).json()["workflows"][0]
    assert (flow["workflow"], flow["items"], flow["automated"], flow["automation_rate"]) == (
        "Two opinions with adjudication",
        2,
        1,
        0.5,
    )
    assert {one["status"]: one["items"] for one in flow["states"] if one["items"]} == {
        "pending_human": 1,
        "approved": 1,
    }


def test_a_key_without_the_scope_is_refused():
    assert caller("items:read").get(URL).status_code == 403


def test_a_stranger_is_refused(client):
    assert client.get(URL).status_code == 401


@pytest.mark.parametrize(
    ("asked", "code"), [({"item_type": "no"}, "unknown_item_type"), ({"tpye": 1}, "unknown_field")]
)
def test_what_is_not_there_is_told(asked, code):
    response = caller("metrics:read").get(URL, asked)
    assert attrs(response)[0][0] == code
