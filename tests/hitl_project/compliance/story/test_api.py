"""The story through the API, to keys with the scope audit:read alone."""

import pytest

from audit import trail
from tests import factories
from tests.api_client import caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    factories.item_type()
    made = factories.submit(0.99, ref="r-1")
    trail.seal()
    return made


def path(item):
    return f"/api/v1/items/{item.pk}/story/"


def test_the_story_says_what_happened_with_its_proofs(item):
    told = caller("audit:read").get(path(item)).json()
    assert (told["automated"], told["today"]["same"], told["mismatches"]) == (True, True, [])
    assert [one["title"] for one in told["statements"]] == [
        "It came in",
        "The router approved it without a person",
    ]
    (proof,) = told["statements"][0]["proofs"]
    assert (proof["seal"], proof["signed_at"]) == (1, None)
    assert told["policies"][0]["number"] == 1


def test_a_key_without_the_scope_and_a_stranger_are_refused(item, client):
    assert caller("items:read").get(path(item)).status_code == 403
    assert client.get(path(item)).status_code == 401


def test_an_unknown_item_is_not_found():
    unknown = "/api/v1/items/019759b0-0000-7000-8000-000000000000/story/"
    assert caller("audit:read").get(unknown).status_code == 404
