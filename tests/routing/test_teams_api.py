"""What a team keeps to itself answers, in the API, like what isn't there."""

import pytest
from django.contrib.auth.models import Group

from audit import keys
from audit.models import ApiKey
from routing.models import Item
from tests import api_client, factories
from tests.statements import counted

pytestmark = pytest.mark.django_db
SCOPES = ["items:read", "items:write", "labels:read", "labels:write", "models:read", "models:write"]
SCOPES += ["metrics:read", "reviews:write", "items:erase"]


@pytest.fixture
def ours():
    """Return an item type of a team, beside one that is open to all."""
    factories.item_type("everybodys")
    made = factories.item_type("ours")
    made.teams.add(Group.objects.create(name="claims"))
    return made


@pytest.fixture
def outsider(ours):
    """Return a client with every scope whose person is in no team."""
    return api_client.caller(*SCOPES)


def insider():
    return api_client.caller(*SCOPES, user=factories.person("ines", "claims"))


def only(client, *slugs):
    """Let the client's key touch these item types alone."""
    ApiKey.objects.filter(user=client.user).update(item_types=list(slugs))
    return client


def said(response, slug):
    """Return status and body of an answer, with the short name taken out."""
    return response.status_code, response.content.decode().replace(slug, "X")


SENT = {
    "items": lambda slug: {"item_type": slug, "item_ref": "r", "payload": {"text": "t"}},
    "labels": lambda slug: {"item_type": slug, "item_ref": "r", "label": "positive"},
    "feedback": lambda slug: {"item_type": slug, "item_ref": "r", "correct": True},
    "predict": lambda slug: {"item_type": slug, "payloads": [{"text": "t"}]},
    "models": lambda slug: {"item_type": slug, "name": "m@1", "learner": "x", "labels_used": 0},
    "golden/similar": lambda slug: {"item_type": slug, "query": "q"},
    "holds": lambda slug: {"item_type": slug, "why": "w"},
    "erasures": lambda slug: {"item_type": slug, "item_ref": "r", "why": "w"},
    "assignments/claim": lambda slug: {"item_type": slug},
}


@pytest.mark.parametrize("address", SENT)
def test_what_is_posted_of_a_hidden_type_answers_as_of_an_unknown_one(outsider, address):
    factories.submit(0.99, to="ours", ref="r")
    only(outsider, "everybodys")
    hidden, unknown = (
        said(outsider.post(f"/api/v1/{address}/", SENT[address](slug), "json"), slug)
        for slug in ("ours", "nosuch")
    )
    assert hidden == unknown
    assert hidden[0] == 400


@pytest.mark.parametrize(
    "address", ["exports/jsonl", "metrics", "agreement", "feedback/analytics", "drift", "runs", "suggestions"]
)
def test_what_is_asked_of_a_hidden_type_answers_as_of_an_unknown_one(outsider, address):
    hidden, unknown = (
        said(outsider.get(f"/api/v1/{address}/", {"item_type": slug}), slug) for slug in ("ours", "nosuch")
    )
    assert hidden == unknown
    assert hidden[0] == 400


def test_members_of_the_team_post_and_read(ours):
    client = insider()
    assert client.post("/api/v1/items/", SENT["items"]("ours"), "json").status_code == 201
    assert len(client.get("/api/v1/items/").json()["results"]) == 1
    assert client.get(f"/api/v1/items/{Item.objects.get().pk}/").status_code == 200


def test_lists_leave_out_what_is_hidden(outsider):
    shown = factories.submit(0.99, to="everybodys")
    factories.submit(0.99, to="ours")
    for address in ("items", "decisions"):
        found = outsider.get(f"/api/v1/{address}/").json()["results"]
        assert [one["item_type"] for one in found] == ["everybodys"]
    assert outsider.get(f"/api/v1/items/{shown.pk}/").status_code == 200


def test_figures_of_all_types_ask_for_one_where_some_are_hidden(outsider, ours):
    assert api_client.attrs(outsider.get("/api/v1/metrics/")) == [("required", "item_type")]
    assert outsider.get("/api/v1/metrics/", {"item_type": "everybodys"}).status_code == 200
    assert insider().get("/api/v1/metrics/").status_code == 200


def test_a_key_with_item_types_is_given_work_of_these_alone(ours):
    reviewer = factories.person("rita", "reviewers")
    factories.submit(0.85, to="ours")
    client = only(api_client.caller("reviews:write", user=reviewer), "everybodys")
    assert client.post("/api/v1/assignments/claim/").status_code == 204
    seat = only(client, "ours").post("/api/v1/assignments/claim/").json()
    only(client, "everybodys")
    assert client.get("/api/v1/assignments/").json() == {"held": None, "results": []}
    for act in ("submit", "renew", "release"):
        sent = client.post(f"/api/v1/assignments/{seat['id']}/{act}/", {"action": "approve"}, "json")
        assert sent.status_code == 409


def test_reviewers_are_served_by_their_queues_whatever_the_teams_are(ours):
    factories.submit(0.85, to="ours")
    client = api_client.caller("reviews:write", user=factories.person("rita", "reviewers"))
    assert client.post("/api/v1/assignments/claim/").json()["item"]["item_type"] == "ours"


def test_teams_cost_a_post_no_statement(ours):
    client = insider()
    client.post("/api/v1/items/", SENT["items"]("ours"), "json")
    with counted(most=9):
        client.post("/api/v1/items/", SENT["items"]("ours") | {"item_ref": "r-2"}, "json")


def test_a_key_for_an_unknown_item_type_is_refused_by_name(ours):
    with pytest.raises(ValueError, match="There is no item type nosuch"):
        keys.create_key(
            factories.person("ada", "admins"),
            name="x",
            scopes=["items:read"],
            item_types=["ours", "nosuch"],
            by=None,
        )
