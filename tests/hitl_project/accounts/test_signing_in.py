"""Signing in and out is in the trail, and guessing is stopped."""

import pytest
from django.conf import settings

from audit.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def rita():
    return factories.person("rita", "reviewers")


def attempt(client, password="secret", **fields):
    return client.post(LOGIN, {"username": "rita", "password": password} | fields)


def verbs():
    return list(AuditEvent.objects.order_by("id").values_list("verb", "actor"))


def test_signing_in_and_out_is_in_the_trail(client):
    attempt(client)
    client.post("/accounts/logout/")
    assert verbs() == [("user.signed_in", "user:rita"), ("user.signed_out", "user:rita")]
    assert "_auth_user_id" not in client.session


def test_a_refusal_names_who_was_tried_and_never_the_password(client):
    answer = attempt(client, "hunter2")
    event = AuditEvent.objects.get()
    assert (answer.status_code, event.verb, event.data["username"]) == (200, "user.sign_in_refused", "rita")
    assert "hunter2" not in str(event.data)
    assert b"hunter2" not in answer.content


def test_a_password_typed_in_place_of_the_name_is_not_kept_in_the_book(client):
    attempt(client, username="hunter2")
    assert AuditEvent.objects.get().data == {"unknown_name": True}


def test_a_name_no_database_can_store_is_refused_like_any_other(client):
    answer = client.post(LOGIN, {"username": "ri\x00ta" + "a" * 400, "password": "x"})
    assert (answer.status_code, AuditEvent.objects.get().verb) == (200, "user.sign_in_refused")


@pytest.mark.parametrize("name", ["a" * 300, "\ufdfa" * 150], ids=["long", "long in NFKC"])
def test_a_name_longer_than_any_is_refused_like_any_other(client, name):
    answer = attempt(client, username=name)
    assert (answer.status_code, AuditEvent.objects.get().verb) == (200, "user.sign_in_refused")
    assert "at most 150 characters" in answer.content.decode()


def test_after_too_many_wrong_passwords_even_the_right_one_is_locked_out(client):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        attempt(client, "wrong")
    answer = attempt(client)
    assert answer.status_code == 429
    assert "locked from this address for 15 minutes" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_another_persons_sign_in_is_not_locked_with_it(client):
    factories.person("otto", "reviewers")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        attempt(client, "wrong")
    assert attempt(client, username="otto").status_code == 302


@pytest.mark.parametrize(("wish", "goes_to"), [("/review/", "/review/"), ("https://evil.example/", "/")])
def test_after_signing_in_one_goes_where_one_wanted_within_this_site(client, wish, goes_to):
    assert attempt(client, next=wish).headers["Location"] == goes_to


@pytest.mark.parametrize(
    ("wish", "goes_to"),
    [("/review/", "/review/"), ("//evil.example/", "/"), (LOGIN, "/"), (f"{LOGIN}?next={LOGIN}", "/")],
)
def test_who_is_in_already_is_sent_on_and_not_round_in_circles(client, wish, goes_to):
    attempt(client)
    assert client.get(LOGIN, {"next": wish})["Location"] == goes_to


def test_a_link_that_signs_people_out_does_not_exist(client):
    attempt(client)
    assert client.get("/accounts/logout/").status_code == 405
    assert "_auth_user_id" in client.session
