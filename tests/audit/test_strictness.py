"""A name that the API does not know is refused, wherever it stands."""

import pytest

from audit.scopes import SCOPES
from tests import factories
from tests.api_client import attrs, caller

pytestmark = pytest.mark.django_db

QUERIES = [
    "items/?",
    "assignments/?",
    "labels/?",
    "golden/?",
    "feedback/?",
    "feedback/analytics/?item_type=sentiment&",
    "decisions/?",
    "exports/jsonl/?item_type=sentiment&",
    "metrics/?",
    "models/?",
    "suggestions/?",
    "audit/events/?",
]
BODIES = {
    "golden/similar/": {"item_type": "sentiment", "query": "Late."},
    "predict/": {"item_type": "sentiment", "payloads": [{"text": "Late."}]},
    "items/0192a9d4-5a9c-7c3e-8d49-5d0a2f6f8e11/opinions/": {"reason": "a doubt"},
}


@pytest.mark.parametrize("query", QUERIES)
def test_a_misspelt_filter_is_refused_and_pages_are_not(query):
    factories.item_type()
    client = caller(*SCOPES)
    response = client.get(f"/api/v1/{query}spilt=train")
    assert (response.status_code, attrs(response)) == (400, [("unknown_field", "spilt")])
    assert client.get(f"/api/v1/{query}").status_code == 200


@pytest.mark.parametrize("path", BODIES)
def test_a_misspelt_field_is_refused(path):
    factories.item_type()
    response = caller(*SCOPES).post(f"/api/v1/{path}", BODIES[path] | {"reasn": "x"})
    assert (response.status_code, attrs(response)) == (400, [("unknown_field", "reasn")])


def test_a_list_goes_by_pages_as_well():
    assert caller("items:read").get("/api/v1/items/?page_size=2&cursor=").status_code == 200


@pytest.mark.parametrize(
    ("query", "remedy"),
    [
        ("items/?status=aproved", "Use one of: pooled, pending_ai, pending_human"),
        ("decisions/?status=pooled", "Use one of: approved, rejected."),
        ("appeals/?state=gone", "Use one of: open"),
        ("items/?created_after=yesterday", "Send a time such as 2026-11-22T10:00:00Z."),
    ],
)
def test_a_filter_with_a_wrong_value_is_refused_with_what_to_send(query, remedy):
    response = caller(*SCOPES).get(f"/api/v1/{query}")
    assert (response.status_code, response.json()["errors"][0]["detail"][: len(remedy)]) == (400, remedy)
