"""Erasures and legal holds through the API: who may, what they answer."""

import pytest
from rest_framework.test import APIClient

from routing.models import SubjectRights
from routing.privacy import people
from tests import factories
from tests.api_client import caller
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(db):
    return caller("items:erase", "items:read", user=factories.person("carla", "compliance"))


def about(person="p1", **fields):
    made = factories.item_type()
    SubjectRights.objects.create(item_type=made, subject_path="context.person")
    return factories.submit(0.99, ref="r1", context={"person": person}, **fields)


def test_an_item_is_erased_by_its_reference(officer):
    item = about()
    answer = officer.post("/api/v1/erasures/", {"item_type": "sentiment", "item_ref": "r1", "why": "4711"})
    said = answer.json()
    assert (answer.status_code, said["item"], said["erased"], said["why"]) == (201, str(item.pk), 1, "4711")
    assert said["ended_at"] is not None
    item.refresh_from_db()
    assert (item.payload, item.about, item.secret) == ({}, "", None)


def test_a_person_is_erased_and_found_again_by_the_name(officer):
    about()
    said = officer.post("/api/v1/erasures/", {"about": "p1", "why": "4711"}).json()
    assert (said["erased"], said["person"]) == (1, people.fingerprint("p1"))
    found = officer.get("/api/v1/erasures/?about=p1").json()["results"]
    assert [one["id"] for one in found] == [said["id"]]
    assert officer.get("/api/v1/erasures/?about=p2").json()["results"] == []


def test_what_is_held_is_refused_until_the_hold_is_lifted(officer):
    about()
    hold = officer.post("/api/v1/holds/", {"item_type": "sentiment", "why": "case 12"}).json()
    wanted = {"item_type": "sentiment", "item_ref": "r1", "why": "4711"}
    refused = officer.post("/api/v1/erasures/", wanted)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "legally_held")
    assert "case 12" in refused.json()["errors"][0]["detail"]
    lifted = officer.post(f"/api/v1/holds/{hold['id']}/lift/", {"why": "closed"})
    assert (lifted.status_code, lifted.json()["lifted_because"]) == (200, "closed")
    assert officer.post(f"/api/v1/holds/{hold['id']}/lift/", {"why": "closed"}).status_code == 409
    assert officer.post("/api/v1/erasures/", wanted).status_code == 201
    assert officer.get("/api/v1/holds/?in_force=true").json()["results"] == []


@pytest.mark.parametrize(
    "sent",
    [
        {"why": "x"},
        {"item_ref": "r1", "why": "x"},
        {"item_type": "sentiment", "why": "x"},
        {"item_type": "sentiment", "item_ref": "r1", "about": "p1", "why": "x"},
        {"item_type": "sentiment", "item_ref": "none", "why": "x"},
        {"about": "p1"},
        {"about": "p1", "why": "x", "all": True},
    ],
)
def test_what_does_not_name_one_item_or_person_and_why_is_refused(officer, sent):
    about()
    assert officer.post("/api/v1/erasures/", sent).status_code == 400


@pytest.mark.parametrize("path", ["erasures/", "holds/", "erasures/1/", "holds/1/lift/"])
def test_only_who_has_the_scope_may(path, rita):
    method = "post" if "lift" in path else "get"
    by_key, by_session = caller("items:read", user=rita), signed_in("leads")
    assert getattr(by_key, method)(f"/api/v1/{path}").status_code == 403
    assert getattr(by_session, method)(f"/api/v1/{path}").status_code == 403
    assert getattr(APIClient(), method)(f"/api/v1/{path}").status_code == 401


def test_an_erased_item_is_answered_as_it_stands_and_takes_no_feedback(officer):
    item = about()
    officer.post("/api/v1/erasures/", {"item_type": "sentiment", "item_ref": "r1", "why": "4711"})
    assert officer.get(f"/api/v1/items/{item.pk}/").json()["label"] == "positive"
    verbs = [one["verb"] for one in officer.get(f"/api/v1/items/{item.pk}/trail/").json()["results"]]
    assert verbs == ["item.submitted", "item.erased"]
