"""Disputes through the API: opened once, listed, read, taken back, by keys with the scope alone."""

import pytest
from rest_framework.test import APIClient

from labeling.models import Appeal
from tests import factories
from tests.api_client import attrs, caller
from tests.labeling.disputes import automated, decided, dispute
from tests.labeling.opinions import answer

pytestmark = pytest.mark.django_db


def test_a_post_opens_a_dispute_once(edgar):
    item, client = automated(), caller("items:write", "items:read")
    first = client.post(f"/api/v1/items/{item.pk}/appeal/", {"reason": "No."}, format="json")
    again = client.post(f"/api/v1/items/{item.pk}/appeal/", {}, format="json")
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    assert (first.json()["state"], first.json()["expert_available"]) == ("open", True)
    assert client.get(f"/api/v1/appeals/{first.json()['id']}/").json() == first.json()


def test_without_an_expert_left_the_answer_says_so():
    sent = caller("items:write").post(f"/api/v1/items/{automated().pk}/appeal/", {}, format="json")
    assert (sent.status_code, sent.json()["expert_available"]) == (201, False)


def test_a_decision_that_can_not_be_disputed_is_refused_with_the_reason():
    factories.item_type()
    item = factories.submit(0.99)
    sent = caller("items:write").post(f"/api/v1/items/{item.pk}/appeal/", {}, format="json")
    assert (sent.status_code, attrs(sent)) == (409, [("not_disputable", None)])


def test_unknown_fields_filters_and_items_are_refused():
    item, client = automated(), caller("items:write", "items:read")
    sent = client.post(f"/api/v1/items/{item.pk}/appeal/", {"why": "No."}, format="json")
    assert attrs(sent) == [("unknown_field", "why")]
    assert attrs(client.get("/api/v1/appeals/?status=open")) == [("unknown_field", "status")]
    nobody = "/api/v1/items/019209d4-5a9c-7c3e-8d49-5d0a2f6f8e11/appeal/"
    assert client.post(nobody, {}, format="json").status_code == 404


def test_the_list_is_narrowed_by_state_and_type(rita, edgar):
    dispute(decided(rita))
    answer(edgar, "positive", comment="So it is.")
    dispute(decided(rita, ref="second"))
    client = caller("items:read")
    refs = [one["item_ref"] for one in client.get("/api/v1/appeals/?state=open").json()["results"]]
    assert refs == ["second"]
    assert len(client.get("/api/v1/appeals/?item_type=sentiment").json()["results"]) == 2
    assert client.get("/api/v1/appeals/?item_type=other").json()["results"] == []


def test_who_opened_a_dispute_takes_it_back_and_nobody_else():
    mine, other = caller("items:write"), caller("items:write")
    number = mine.post(f"/api/v1/items/{automated().pk}/appeal/", {}, format="json").json()["id"]
    assert attrs(other.post(f"/api/v1/appeals/{number}/withdraw/")) == [("not_yours", None)]
    assert mine.post(f"/api/v1/appeals/{number}/withdraw/").json()["state"] == "withdrawn"


def test_the_link_is_in_the_items_answer_and_read_with_its_last_day(settings):
    settings.HITL_PUBLIC_URL = "https://hitl.example/"
    item, client = automated(), caller("items:read")
    whole = client.get(f"/api/v1/items/{item.pk}/").json()
    told = client.get(f"/api/v1/items/{item.pk}/appeal-link/").json()
    assert whole["appeal_url"] == told["appeal_url"]
    assert told["appeal_url"].startswith("https://hitl.example/appeal/")
    assert (told["until"] is None, told["refusal"]) == (False, None)


def test_a_reviewer_is_not_given_the_link_of_whom_the_item_is_about(rita):
    from labeling.api.seats import answered_data

    item = decided(rita)
    assert answered_data(item, item.assignments.get().pk)["appeal_url"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/api/v1/items/{item}/appeal/"),
        ("get", "/api/v1/items/{item}/appeal-link/"),
        ("get", "/api/v1/appeals/"),
        ("get", "/api/v1/appeals/{appeal}/"),
        ("post", "/api/v1/appeals/{appeal}/withdraw/"),
    ],
)
def test_strangers_and_keys_without_the_scope_are_refused(method, path):
    item = automated()
    address = path.format(item=item.pk, appeal=dispute(item).pk)
    codes = [getattr(one, method)(address).status_code for one in (APIClient(), caller("labels:read"))]
    assert codes == [401, 403]
    assert Appeal.objects.get().state == "open"


def test_a_key_for_other_item_types_sees_no_dispute():
    item = automated()
    number = dispute(item).pk
    client = caller("items:read", "items:write")
    client.user.api_keys.update(item_types=["other"])
    assert client.get("/api/v1/appeals/").json()["results"] == []
    paths = (f"/api/v1/appeals/{number}/", f"/api/v1/items/{item.pk}/appeal-link/")
    assert [client.get(path).status_code for path in paths] == [404, 404]
