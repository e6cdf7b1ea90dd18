"""The API's document is complete and true, and its page works under our content policy."""

import re
from io import StringIO

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from routing.serializers import ANSWERED, SENT, PostedItem
from tests import factories
from tests.api_client import caller

ROUTES = {
    "/api/v1/items/": {"get", "post"},
    "/api/v1/items/{item_id}/": {"get"},
    "/api/v1/items/{item_id}/trail/": {"get"},
    "/api/v1/items/{item_id}/replay/": {"get"},
    "/api/v1/items/{item_id}/workflow/": {"get"},
    "/api/v1/items/{item_id}/opinions/": {"post"},
    "/api/v1/assignments/": {"get"},
    "/api/v1/assignments/claim/": {"post"},
    "/api/v1/assignments/{seat_id}/submit/": {"post"},
    "/api/v1/assignments/{seat_id}/correct/": {"post"},
    "/api/v1/assignments/{seat_id}/alike/": {"get"},
    "/api/v1/assignments/{seat_id}/renew/": {"post"},
    "/api/v1/assignments/{seat_id}/release/": {"post"},
    "/api/v1/agents/approvals/": {"post"},
    "/api/v1/agents/approvals/{item_id}/": {"get"},
    "/api/v1/items/{item_id}/appeal/": {"post"},
    "/api/v1/items/{item_id}/appeal-link/": {"get"},
    "/api/v1/appeals/": {"get"},
    "/api/v1/appeals/{appeal_id}/": {"get"},
    "/api/v1/appeals/{appeal_id}/withdraw/": {"post"},
    "/api/v1/sitting/": {"get"},
    "/api/v1/sitting/end/": {"post"},
    "/api/v1/labels/": {"get", "post"},
    "/api/v1/exports/{name}/": {"get"},
    "/api/v1/golden/": {"get"},
    "/api/v1/golden/similar/": {"post"},
    "/api/v1/feedback/": {"get", "post"},
    "/api/v1/feedback/analytics/": {"get"},
    "/api/v1/decisions/": {"get"},
    "/api/v1/agreement/": {"get", "post"},
    "/api/v1/drift/": {"get"},
    "/api/v1/runs/": {"get"},
    "/api/v1/runs/{name}/cancel/": {"post"},
    "/api/v1/metrics/": {"get"},
    "/api/v1/targets/": {"get"},
    "/api/v1/audit/events/": {"get"},
    "/api/v1/audit/verify/": {"get", "post"},
    "/api/v1/audit/checkpoints/": {"get", "post"},
}


@pytest.fixture(scope="module")
def schema():
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


def test_the_document_is_valid_and_names_every_route(schema):
    named = {path: set(methods) for path, methods in schema["paths"].items()}
    assert {path: named.get(path) for path in ROUTES} == ROUTES


def test_every_operation_says_who_may_and_how_it_fails(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert {"apiKey": []} in operation["security"], path
            assert "401" in operation["responses"], (path, method)


def test_every_post_offers_an_idempotency_key(schema):
    posts = {path: methods["post"] for path, methods in schema["paths"].items() if "post" in methods}
    headers = {
        path: [one["name"] for one in post.get("parameters", []) if one["in"] == "header"]
        for path, post in posts.items()
    }
    assert headers == {path: ["Idempotency-Key"] for path in posts}


def test_errors_are_described_in_the_one_shape(schema):
    refused = schema["paths"]["/api/v1/items/"]["post"]["responses"]["400"]
    assert refused["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ErrorAnswer"}


@pytest.mark.django_db
def test_the_examples_are_what_the_server_takes_and_gives():
    factories.item_type()
    response = caller("items:write").post("/api/v1/items/", SENT)
    assert (response.status_code, list(response.json())) == (201, list(ANSWERED))
    assert set(ANSWERED) == set(PostedItem().fields)


def test_the_page_needs_nothing_inline_and_nothing_from_elsewhere():
    page = Client().get("/api/docs/")
    html = page.content.decode()
    assert page.status_code == 200
    assert re.findall(r"<style|<script>|\son\w+=|style=", html) == []
    sources = re.findall(r'(?:src|href)="([^"]*)"', html)
    assert [source for source in sources if not source.startswith("/")] == []
    script = Client().get(next(source for source in sources if "script=" in source))
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/schema/" in script.content.decode()
