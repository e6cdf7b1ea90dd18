"""What people and keys were refused is in the trail, once a minute however often it is tried."""

import pytest
from django.http import HttpResponseForbidden
from django.test import Client, RequestFactory
from django.urls import reverse

from audit import keys, refusals
from audit.models import AuditEvent
from audit.refusals import RefusalMiddleware
from hitl_project.accounts import invitations
from tests import factories

pytestmark = pytest.mark.django_db


def bearer(text):
    return {"authorization": f"Bearer {text}"}


def told(verb):
    return list(AuditEvent.objects.filter(verb=verb).order_by("id"))


def test_a_person_who_is_refused_a_page_is_told_of_once(client, rita):
    client.force_login(rita)
    for _ in range(3):
        assert client.get(reverse("admin:login")).status_code == 403
    (event,) = told("access.refused")
    assert (event.actor, event.subject, event.data) == ("user:rita", "path:/admin/login/", {"method": "GET"})


def test_a_key_without_the_scope_is_named(client):
    key, text = keys.create_key(factories.person("carl", "clients"), name="x", scopes=["items:read"], by=None)
    assert client.get("/api/v1/labels/", headers=bearer(text)).status_code == 403
    (event,) = told("access.refused")
    assert event.actor == f"key:{key.prefix}/carl"


def test_a_revoked_key_is_told_by_its_id(client):
    key, text = keys.create_key(factories.person("carl", "clients"), name="x", scopes=["items:read"], by=None)
    keys.revoke(key, by=None)
    for path in ("/api/v1/items/", "/api/v1/items/?page_size=3", "/api/v1/labels/"):
        assert client.get(path, headers=bearer(text)).status_code == 401
    (event,) = told("key.refused")
    assert (event.subject, event.data["prefix"]) == (f"audit.apikey:{key.pk}", key.prefix)


def test_guessed_keys_leave_one_event_a_minute_and_never_their_secret(client):
    for guess in ("hitl_0000aaaa_secret", "hitl_0000bbbb_secret", "hitl_x_y", "other", "hitl_\xff_"):
        assert client.get("/api/v1/items/", headers=bearer(guess)).status_code == 401
    (event,) = told("key.refused")
    assert (event.actor, event.subject_id) == ("anonymous", "")
    assert "secret" not in event.body


def test_a_path_that_the_database_can_not_hold_is_refused_and_told_of_all_the_same(client, rita):
    client.force_login(rita)
    middleware = RefusalMiddleware(lambda request: HttpResponseForbidden())
    request = RequestFactory().get("/a%00b/")
    request.user = rita
    assert middleware(request).status_code == 403
    assert told("access.refused")[-1].subject == "path:/a\ufffdb/"


def test_whoever_tries_one_thing_after_another_is_told_of_each_minute_and_does_not_fill_the_book(
    rita, monkeypatch, time_machine
):
    monkeypatch.setattr(refusals, "MOST", 2)
    middleware = RefusalMiddleware(lambda request: HttpResponseForbidden())
    for number in range(6):
        time_machine.move_to(f"2036-01-02T12:0{number // 3}:30Z", tick=False)
        request = RequestFactory().get(f"/items/{number}/")
        request.user = rita
        middleware(request)
    told_of = [event.subject_id for event in told("access.refused")]
    assert told_of == ["/items/0/", "/items/1/", "/items/3/", "/items/4/"]


def test_a_forged_form_is_told_of(rita):
    client = Client(enforce_csrf_checks=True)
    client.force_login(rita)
    assert client.post(reverse("logout")).status_code == 403
    assert [event.subject_id for event in told("access.refused")] == [reverse("logout")]


def test_a_link_that_lets_somebody_in_is_not_kept(rita):
    client = Client(enforce_csrf_checks=True)
    client.force_login(rita)
    link = invitations.invite("nora", "", [], by="system:test")
    assert client.post(link).status_code == 403
    assert AuditEvent.objects.get(verb="access.refused").subject == "path:/accounts/invited/TOKEN/"


def test_a_stranger_without_a_key_leaves_nothing(client):
    assert client.get("/api/v1/items/").status_code == 401
    assert client.post(reverse("login"), {}).status_code == 200
    assert (told("key.refused"), told("access.refused")) == ([], [])
