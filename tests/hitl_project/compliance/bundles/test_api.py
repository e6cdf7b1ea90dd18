"""Bundles through the API: who may ask, what is answered, what is refused."""

import io
from zipfile import ZipFile

import pytest

from audit import trail
from audit.bundles import keeping
from audit.models import ApiKey, Bundle
from routing.roles import ensure_roles
from tests import factories
from tests.api_client import attrs, caller

pytestmark = pytest.mark.django_db

URL = "/api/v1/audit/bundles/"
ASKED = {"subject": "routing.item:7", "why": "a dispute"}


@pytest.fixture
def client():
    """A caller whose key may read the trail, of a compliance officer."""
    ensure_roles(by="system:test")
    trail.record("item.judged", ("routing.item", 7), by="system:test")
    return caller("audit:read", user=factories.person("cora", "compliance"))


def test_a_bundle_of_one_subject_is_ready_in_the_answer_and_can_be_fetched(client):
    answer = client.post(URL, ASKED)
    row = answer.json()
    assert (answer.status_code, row["state"], row["done"], row["why"]) == (201, "done", 1, "a dispute")
    assert client.get(f"{URL}{row['id']}/").json() == row
    file = client.get(f"{URL}{row['id']}/file/")
    held = ZipFile(io.BytesIO(b"".join(file.streaming_content)))
    assert (file["Content-Type"], file["Cache-Control"]) == ("application/zip", "no-store")
    assert "events.jsonl" in held.namelist()


def test_a_bundle_of_a_period_waits_for_a_worker_and_has_no_file_until_then(client):
    row = client.post(URL, {"why": "the yearly audit"}).json()
    assert (row["state"], client.get(f"{URL}{row['id']}/file/").status_code) == ("waiting", 404)


def test_the_same_wish_with_an_idempotency_key_is_one_bundle(client):
    twice = [client.post(URL, ASKED, headers={"Idempotency-Key": "k-1"}).json() for _ in range(2)]
    assert (twice[0]["id"], Bundle.objects.count()) == (twice[1]["id"], 1)


def test_the_list_is_narrowed_by_state_and_by_nothing_unknown(client):
    client.post(URL, ASKED)
    assert [row["state"] for row in client.get(URL, {"state": "done"}).json()["results"]] == ["done"]
    assert client.get(URL, {"state": "failed"}).json()["results"] == []
    assert attrs(client.get(URL, {"stat": "done"})) == [("unknown_field", "stat")]


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"subject": "routing.item:7"}, "why"),
        (ASKED | {"subject": "what"}, "subject"),
        (ASKED | {"subject": "routing.item:none"}, "subject"),
        (ASKED | {"until": "2999-01-01T00:00:00Z"}, "until"),
        (ASKED | {"opend": True}, "opend"),
    ],
)
def test_what_makes_no_sense_is_400_by_name(client, body, attr):
    answer = client.post(URL, body)
    assert (answer.status_code, [name for _, name in attrs(answer)]) == (400, [attr])


def test_strangers_other_roles_and_keys_without_the_scope_are_refused(client):
    from rest_framework.test import APIClient

    assert APIClient().post(URL, ASKED).status_code == 401
    assert (
        caller("items:read", user=factories.person("carl", "compliance")).post(URL, ASKED).status_code == 403
    )
    reviewer = APIClient()
    reviewer.force_login(factories.person("rita", "reviewers"))
    assert reviewer.get(URL).status_code == 403


def test_private_parts_are_opened_only_for_who_may_see_them(client):
    plain = caller("audit:read", user=factories.person("abe", "admins"))
    plain.user.groups.get().permissions.clear()
    assert plain.post(URL, ASKED | {"opened": True}).status_code == 403
    row = client.post(URL, ASKED | {"opened": True}).json()
    assert (row["state"], plain.get(f"{URL}{row['id']}/file/").status_code) == ("done", 403)


def test_a_key_of_some_item_types_gets_no_bundle(client):
    factories.item_type("other")
    ApiKey.objects.update(item_types=["sentiment"])
    assert client.post(URL, ASKED).status_code == 403


def test_no_file_is_left_after_it_was_removed(client):
    row = client.post(URL, ASKED | {"opened": True}).json()
    keeping.remove_opened("an erasure", [], by="user:cora")
    assert client.get(f"{URL}{row['id']}/file/").status_code == 404
