"""A person's own figures through the API."""

import pytest

from labeling.api.sittings import OpenSitting, SittingOut
from labeling.models import ReviewSession
from tests import factories
from tests.api_client import caller

pytestmark = pytest.mark.django_db
CLAIM, SITTING = "/api/v1/assignments/claim/", "/api/v1/sitting/"
NOTHING = {"open": None, "latest": [], "with_experts": None, "known": None}


@pytest.fixture
def rita():
    return caller("reviews:write", user=factories.person("rita", "reviewers"))


def answer(client):
    factories.submit(0.85)
    seat = client.post(CLAIM).json()
    client.post(f"/api/v1/assignments/{seat['id']}/submit/", {"action": "approve", "time_spent_ms": 2000})


def test_a_sitting_begins_with_the_first_answer(rita):
    factories.item_type()
    assert rita.get(SITTING).json() == NOTHING
    answer(rita)
    found = rita.get(SITTING).json()
    assert (set(found), set(found["open"])) == (set(SittingOut().fields), set(OpenSitting().fields))
    assert found["open"]["id"] == str(ReviewSession.objects.get().pk)
    assert [found["open"][name] for name in ("answered", "pace", "tired_minutes")] == [1, 2.0, 0]


def test_it_ends_when_its_person_says_so(rita):
    factories.item_type()
    answer(rita)
    assert rita.post(f"{SITTING}end/").status_code == 204
    found = rita.get(SITTING).json()
    assert (found["open"], [one["answered"] for one in found["latest"]]) == (None, [1])


def test_it_is_nobody_elses(rita):
    factories.item_type()
    answer(rita)
    other = caller("reviews:write", user=factories.person("rob", "reviewers"))
    assert other.get(SITTING).json() == NOTHING
    assert caller("labels:read").get(SITTING).status_code == 403
