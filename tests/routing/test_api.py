"""Items through the API: posted once or many at a time, read, listed, and told the story of."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from routing.models import Item
from routing.serializers import PlacedItem, PostedItem, TrailEvent
from tests import factories
from tests.api_client import attrs, caller, item
from tests.routing.looked import look

pytestmark = pytest.mark.django_db
URL = "/api/v1/items/"


@pytest.fixture
def client():
    factories.item_type(rules=[{"name": "large", "when": "has(context.amount) && context.amount > 10"}])
    return caller("items:read", "items:write")


def test_a_posted_item_is_answered_with_its_route_and_its_place(client):
    client.post(URL, item("r-0", 0.6))
    response = client.post(URL, item("r-1"))
    said = response.json()
    assert response.status_code == 201
    assert set(said) == set(PostedItem().fields)
    wanted = {"status": "pending_human", "action": "human_review", "priority": "normal", "policy": 1}
    wanted |= {"queue": "reviews", "queue_position": 1, "estimated_wait_seconds": None, "duplicate": False}
    wanted |= {"estimated_wait_low": None, "estimated_wait_high": None}
    assert {name: said[name] for name in wanted} == wanted


def test_a_known_item_is_answered_as_stored(client):
    first = client.post(URL, item("r-1", 0.99)).json()
    again = client.post(URL, item("r-1", 0.1))
    assert again.status_code == 200
    assert again.json() == {**first, "duplicate": True}


def test_an_array_is_answered_in_its_order(client):
    client.post(URL, item("b", 0.99))
    response = client.post(URL, [item("a"), item("b", 0.99), item("c", 0.3)])
    said = response.json()
    assert (response.status_code, said["created"], said["duplicates"]) == (201, 2, 1)
    assert [(one["item_ref"], one["status"], one["label"]) for one in said["items"]] == [
        ("a", "pending_human", None),
        ("b", "approved", "negative"),
        ("c", "pending_expert", None),
    ]


def test_one_bad_entry_and_nothing_of_the_array_is_stored(client):
    response = client.post(URL, [item("a"), item("b", predictions=[{"model": "m", "confidence": 0.5}]), 5])
    assert response.status_code == 400
    assert response.json()["type"] == "validation_error"
    assert attrs(response) == [("required", "1.predictions.0.label"), ("invalid", "2")]
    assert not Item.objects.exists()


def test_an_unknown_item_type_is_named(client):
    assert attrs(client.post(URL, item(item_type="nope"))) == [("unknown_item_type", "item_type")]
    assert attrs(client.post(URL, [item(item_type=3)])) == [("invalid", "0.item_type")]


def test_an_array_of_more_than_five_thousand_is_refused(client):
    response = client.post(URL, [{}] * 5001)
    assert (response.status_code, attrs(response)) == (400, [("max_length", None)])


def test_fifty_items_take_at_most_twelve_statements(client):
    client.post(URL, item("warm"))
    with CaptureQueriesContext(connection) as all_of_them:
        client.post(URL, [item(f"r-{n}", n / 50, callback_url="https://c.example/") for n in range(50)])
    with CaptureQueriesContext(connection) as identity:
        client.get("/api/v1/items/?item_ref=nothing")
    own = len(all_of_them) - (len(identity) - 1)
    assert (Item.objects.count(), own <= 12) == (51, True), own


def test_without_a_key_nothing_is_told(client):
    client.credentials()
    response = client.post(URL, item(), HTTP_AUTHORIZATION="")
    assert (response.status_code, attrs(response)) == (401, [("not_authenticated", None)])
    assert client.get(URL, HTTP_AUTHORIZATION="Bearer hitl_nope_nope").status_code == 401


def test_who_comes_without_key_or_json_reads_what_to_send(client):
    form = client.generic("POST", URL, b"a=b", content_type="application/x-www-form-urlencoded")
    assert "Content-Type: application/json" in form.json()["errors"][0]["detail"]
    response = APIClient().get(URL)
    assert "Authorization: Bearer" in response.json()["errors"][0]["detail"]
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_key_without_the_scope_is_refused(client):
    reader = caller("items:read")
    response = reader.post(URL, item())
    assert (response.status_code, attrs(response)) == (403, [("permission_denied", None)])
    assert caller("items:write").get(URL).status_code == 403


def test_a_signed_in_person_may_what_their_group_may():
    factories.item_type()
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(factories.person("lea", "leads"))
    assert browser.get(URL).status_code == 200
    assert (browser.post(URL, item()).status_code, Item.objects.count()) == (403, 0)
    browser.force_login(factories.person("rita", "reviewers"))
    assert browser.get(URL).status_code == 403


def test_one_item_is_read_with_its_place(client):
    made = client.post(URL, item()).json()
    response = client.get(f"{URL}{made['id']}/")
    assert (response.status_code, set(response.json())) == (200, set(PlacedItem().fields))
    assert response.json() == {name: value for name, value in made.items() if name != "duplicate"}
    unknown = client.get(f"{URL}00000000-0000-7000-8000-000000000000/")
    assert (unknown.status_code, attrs(unknown)) == (404, [("not_found", None)])


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("", ["c", "b", "a"]),
        ("item_type=sentiment&status=approved", ["c"]),
        ("item_ref=a", ["a"]),
        ("action=expert_escalation", ["b"]),
        ("queue=experts", ["b"]),
        ("min_confidence=0.5&max_confidence=0.9", ["a"]),
        ("created_after=2100-01-01T00:00:00Z", []),
        ("created_before=2100-01-01T00:00:00Z", ["c", "b", "a"]),
    ],
)
def test_the_list_is_narrowed_by_its_filters(client, query, refs):
    client.post(URL, [item("a", 0.85), item("b", 0.3), item("c", 0.99)])
    found = {one["item_ref"]: one for one in client.get(f"{URL}?{query}").json()["results"]}
    assert sorted(found) == sorted(refs)


def test_the_list_goes_page_by_page_without_gaps(client):
    client.post(URL, [item(f"r-{n}") for n in range(5)])
    seen, url = [], f"{URL}?page_size=2"
    while url:
        page = client.get(url).json()
        seen += [one["id"] for one in page["results"]]
        url = page["next"]
    assert seen == [str(pk) for pk in Item.objects.order_by("-id").values_list("pk", flat=True)]


@pytest.mark.parametrize(
    "query", ["status=odd", "min_confidence=nan", "created_after=soon", "page_size=0", "cursor=x"]
)
def test_a_filter_that_makes_no_sense_is_a_clear_400(client, query):
    response = client.get(f"{URL}?{query}")
    assert (response.status_code, attrs(response)[0][1]) == (400, query.partition("=")[0])


def test_the_story_of_an_item_names_policy_model_and_rules(client):
    made = client.post(URL, item(context={"amount": 50})).json()
    events = client.get(f"{URL}{made['id']}/trail/").json()["results"]
    assert [set(event) for event in events] == [set(TrailEvent().fields)]
    assert (events[0]["verb"], events[0]["policy"], events[0]["model"], events[0]["rules"]) == (
        "item.submitted",
        1,
        "clf@3",
        ["large"],
    )
    assert events[0]["actor"].endswith(client.user.username)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "parse_error"),
        (b'{"item_ref": NaN}', 400, "parse_error"),
        (b'"\xff"', 400, "parse_error"),
        (b"[" * 100_000, 400, "parse_error"),
        (b'{"a":' * 400 + b"1" + b"}" * 400, 400, "parse_error"),
        (b'{"item_type": "a\\u0000b"}', 400, "invalid"),
        (b'{"payload": {"x": "\\ud800"}}', 400, "invalid"),
        (b"", 400, "required"),
        (b"null", 400, "invalid"),
    ],
)
def test_a_body_that_is_no_sane_json_is_a_clear_400(client, body, status, code):
    response = client.generic("POST", URL, body, content_type="application/json")
    assert (response.status_code, attrs(response)[0][0]) == (status, code)


def test_errors_have_one_shape_everywhere(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 200
    large = client.post(URL, item(payload={"text": "x" * 300}))
    assert (large.status_code, attrs(large)) == (413, [("too_large", None)])
    assert attrs(client.delete(URL)) == [("method_not_allowed", None)]
    assert attrs(client.generic("POST", URL, b"<a/>", content_type="text/xml")) == [
        ("unsupported_media_type", None)
    ]
    for url in ("/api/v1/nothing/", "/api/v1/items", "/api/v2/items/"):
        response = client.post(url, {})
        assert (response.status_code, attrs(response)) == (404, [("not_found", None)])


def test_whole_numbers_beyond_64_bits_are_kept_exactly(client):
    big = 123456789012345678901234567890
    made = client.post(URL, item(payload={"text": "a", "account": big})).json()
    assert Item.objects.get(pk=made["id"]).payload["account"] == big


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=12,
)
LIKELY = st.fixed_dictionaries(
    {
        "item_type": st.just("sentiment") | JSON,
        "item_ref": st.text() | JSON,
        "payload": JSON | st.just({"text": "a"}),
    },
    optional={
        "context": JSON,
        "predictions": st.lists(
            st.fixed_dictionaries(
                {}, optional={"model": JSON, "label": JSON, "confidence": JSON, "probabilities": JSON}
            )
            | JSON,
            max_size=3,
        ),
        "callback_url": JSON,
        "purpose": JSON,
    },
)


@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=LIKELY | st.lists(LIKELY, max_size=3) | JSON)
def test_whatever_is_sent_is_a_verdict_or_a_clear_400(client, body):
    response = client.generic("POST", URL, json.dumps(body).encode(), content_type="application/json")
    assert response.status_code in (200, 201, 400)
    if response.status_code == 400:
        assert all(set(error) == {"code", "detail", "attr"} for error in response.json()["errors"])


def test_an_item_tells_how_long_it_waits_and_the_range_of_it(client):
    waiting, rita = [factories.submit(0.85) for _ in range(2)], factories.person("rita", "reviewers")
    for seconds in (60, 30):
        look(factories.submit(0.85), by=rita, seconds=seconds, days_ago=1 / 2000)
    said = client.get(f"{URL}{waiting[1].pk}/").json()
    told = [said[f"estimated_wait_{name}"] for name in ("low", "seconds", "high")]
    assert told == sorted(told)
    assert (told[1], told[0] < 90 < told[2]) == (90, True)
