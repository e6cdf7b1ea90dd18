"""While the database is away: 503 and when to try again, in the API, on pages, and from a middleware."""

import pytest
from django.contrib.auth import middleware
from django.db import DataError, InterfaceError, OperationalError, connection, transaction
from django.urls import reverse

from routing import router
from tests import factories
from tests.api_client import caller, item

SAID = "The server can't reach its database just now. Send the same again in a few seconds."
ANSWER = {"type": "server_error", "errors": [{"code": "unavailable", "detail": SAID, "attr": None}]}


def raising(error):
    """Return a function that raises this error, whatever it is given."""

    def away(*_, **__):
        raise error

    return away


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("disk full"), InterfaceError("closed")])
def test_a_post_without_a_database_is_answered_with_503(monkeypatch, error):
    factories.item_type("sentiment")
    client = caller("items:write")
    client.raise_request_exception = False
    monkeypatch.setattr(router, "submit", raising(error))
    answer = client.post("/api/v1/items/", item())
    assert (answer.status_code, answer["Retry-After"], answer.json()) == (503, "3", ANSWER)


@pytest.fixture
def standby(db):
    """Have a database that is only read, as a standby is, and a managed one whose disk is nearly full."""
    factories.item_type("sentiment")
    poster = caller("items:write")
    poster.raise_request_exception = False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        yield poster
        transaction.set_rollback(True)


def test_a_post_to_a_database_that_is_only_read_is_answered_with_503(standby):
    answer = standby.post("/api/v1/items/", item())
    assert (answer.status_code, answer["Retry-After"], answer.json()) == (503, "3", ANSWER)


def test_so_is_a_page_that_would_change_something(standby, client):
    client.raise_request_exception = False
    answer = client.post(reverse("login"), {"username": "rita", "password": "wrong"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")


@pytest.mark.django_db
def test_an_error_that_will_not_pass_stays_a_500(monkeypatch):
    factories.item_type("sentiment")
    client = caller("items:write")
    client.raise_request_exception = False
    monkeypatch.setattr(router, "submit", raising(DataError("out of range")))
    assert client.post("/api/v1/items/", item()).status_code == 500


@pytest.mark.parametrize(("path", "kind"), [("/", "text/html"), ("/api/v1/items/", "application/json")])
def test_who_is_asking_can_not_be_found_out_without_a_database(client, monkeypatch, path, kind):
    client.raise_request_exception = False
    monkeypatch.setattr(middleware, "get_user", raising(OperationalError("gone")))
    client.cookies["sessionid"] = "x"
    answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    assert answer["Content-Type"].partition(";")[0] == kind


def test_a_page_without_a_database_says_that_nothing_is_lost(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr(middleware, "get_user", raising(OperationalError("gone")))
    assert "Nothing of what you had saved before is lost." in client.get("/").content.decode()
