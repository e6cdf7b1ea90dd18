"""A POST with an Idempotency-Key is done once and answered as the first time."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import get_resolver
from django.urls.resolvers import URLPattern
from django.utils import timezone

from routing import idempotency, tasks
from routing.models import IdempotencyKey, Item
from tests import factories
from tests.api_client import attrs, caller, item

URL = "/api/v1/items/"


@pytest.fixture
def client(db):
    factories.item_type()
    return caller("items:write")


def post(client, body, key="k-1"):
    return client.post(URL, body, headers={"Idempotency-Key": key})


def test_the_same_request_is_answered_as_the_first_time(client):
    first, again = post(client, item()), post(client, item())
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")


def test_another_body_under_the_same_key_is_a_conflict(client):
    post(client, item("a"))
    response = post(client, item("b"))
    assert (response.status_code, attrs(response)) == (409, [("idempotency_key_reused", None)])
    assert Item.objects.count() == 1


def test_keys_of_two_callers_are_two_keys(client):
    post(client, item("a"))
    response = post(caller("items:write"), item("b"))
    assert response.status_code == 201


def test_an_error_is_not_kept(client):
    assert post(client, item(item_type="nope")).status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert post(client, item()).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_is_no_key_is_refused(client, key):
    response = post(client, item(), key)
    assert (response.status_code, attrs(response)) == (400, [("invalid", "Idempotency-Key")])


def test_old_keys_are_forgotten(client):
    post(client, item("a"), "old")
    IdempotencyKey.objects.update(created_at=timezone.now() - idempotency.KEPT - timedelta(minutes=1))
    post(client, item("b"), "new")
    assert tasks.prune() == 1
    assert [row.key for row in IdempotencyKey.objects.all()] == ["new"]


def _patterns(entries, prefix=""):
    for entry in entries:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path, entry.callback
        else:
            yield from _patterns(entry.url_patterns, path)


def test_every_post_of_the_api_honours_the_header():
    views = {
        path: callback.view_class
        for path, callback in _patterns(get_resolver().url_patterns)
        if path.startswith("api/v1/") and hasattr(callback, "view_class")
    }
    posts = {path: view.post for path, view in views.items() if hasattr(view, "post")}
    assert [path for path, post in posts.items() if not getattr(post, "idempotent", False)] == []
    assert len(posts) >= 5


@pytest.mark.django_db(transaction=True)
def test_twins_at_once_are_one():
    factories.item_type()
    client = caller("items:write")
    answers = []

    def send():
        try:
            response = post(client, item(), "twin")
            answers.append((response.status_code, response.headers.get("Idempotent-Replayed")))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers, key=str) == [(201, "true")] * 3 + [(201, None)]
    assert Item.objects.count() == 1
