"""Sessions end by age, by idleness, by a new password, and when an admin or their owner says so."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from audit import sessions
from audit.models import AuditEvent, Session
from routing import config
from tests.hitl_project.accounts.apps import attempt, is_in
from tests.people import signed_in

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def aged(**fields):
    """Let all sessions have begun, or been seen, so long ago."""
    Session.objects.update(**{name: timezone.now() - ago for name, ago in fields.items()})


def why():
    return [event.data["why"] for event in AuditEvent.objects.filter(verb="user.session_over")]


def test_a_session_knows_whose_it_is_and_from_where(client, rita):
    client.get("/accounts/login/")
    attempt(client)
    row = Session.objects.get()
    assert (row.user, row.address) == (rita, "127.0.0.1")
    other = Client(headers={"user-agent": FIREFOX})
    attempt(other)
    page = client.get("/accounts/").content.decode()
    assert "Firefox on Linux" in page
    assert Session.objects.first().pk not in page


@pytest.mark.parametrize(
    ("ago", "said"),
    [({"began_at": timedelta(hours=12)}, ["age"]), ({"seen_at": timedelta(minutes=121)}, ["idle"])],
)
def test_an_old_or_idle_session_is_over_and_it_is_recorded(client, rita, ago, said):
    attempt(client)
    aged(**ago)
    assert client.get("/review/").status_code == 302
    assert (is_in(client), why()) == (False, said)


def test_using_a_session_keeps_it_from_idling_but_not_from_ageing(client, rita):
    attempt(client)
    began = Session.objects.get().began_at
    aged(seen_at=timedelta(minutes=100))
    client.get("/review/")
    row = Session.objects.get()
    assert timezone.now() - row.seen_at < timedelta(minutes=1)
    assert row.began_at == began


def test_a_request_costs_no_statement_more_than_djangos_own(client, rita, django_assert_num_queries):
    attempt(client)
    with django_assert_num_queries(2):  # the session, and the person
        client.get("/accounts/login/")


def test_no_statement_is_spent_on_strangers(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/accounts/login/")


def test_signing_in_gives_the_session_another_key(client, rita):
    client.session["planted"] = 1
    session = client.session
    session["planted"] = 1
    session.save()
    before = client.session.session_key
    attempt(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_a_new_password_ends_all_other_sessions(client, rita):
    other = Client()
    attempt(client)
    attempt(other)
    answer = client.post(
        "/accounts/password/",
        {"old_password": "secret", "new_password1": "Ein neues 77", "new_password2": "Ein neues 77"},
    )
    assert answer.status_code == 302
    assert client.get("/accounts/").status_code == 200
    assert other.get("/accounts/").status_code == 302
    assert Session.objects.filter(user=rita).count() == 1


def test_one_session_or_all_others_are_ended_by_who_owns_them(client, rita):
    browsers = [client, Client(), Client()]
    for browser in browsers:
        attempt(browser)
    name = sessions.public_name(Session.objects.get(pk=browsers[1].session.session_key))
    client.post("/accounts/sessions/end/", {"session": name})
    assert [is_in(browser) for browser in browsers] == [True, False, True]
    client.post("/accounts/sessions/end/")
    assert [is_in(browser) for browser in browsers] == [True, False, False]


def test_anothers_session_can_not_be_ended(client, rita):
    attempt(client)
    other = signed_in("reviewers", name="otto")
    other.post("/accounts/sessions/end/", {"session": sessions.public_name(Session.objects.get(user=rita))})
    assert is_in(client)


@pytest.mark.parametrize("change", [{"is_active": ""}, {"groups": []}, {}])
def test_who_is_switched_off_or_loses_a_role_is_signed_out(client, rita, change):
    admin = signed_in("admins", name="root")
    attempt(client)
    reviewers = Group.objects.get(name="reviewers").pk
    form = {"username": "rita", "is_active": "on", "groups": [reviewers], "email": "", "first_name": "R"}
    form |= {"last_name": "", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    answer = admin.post(f"/admin/auth/user/{rita.pk}/change/", form | change)
    assert answer.status_code == 302
    assert is_in(client) is (change == {})


def test_whose_group_is_deleted_or_who_is_no_superuser_any_more_is_signed_out(client, rita):
    root = signed_in(name="root", is_superuser=True)
    attempt(client)
    root.post(f"/admin/auth/group/{Group.objects.get(name='reviewers').pk}/delete/", {"post": "yes"})
    assert not is_in(client)
    type(rita).objects.filter(pk=rita.pk).update(is_superuser=True)
    attempt(client)
    form = {"username": "rita", "is_active": "on", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    assert root.post(f"/admin/auth/user/{rita.pk}/change/", form).status_code == 302
    assert not is_in(client)


def test_an_admin_ends_a_persons_sessions(client, rita):
    admin = signed_in("admins", name="root")
    attempt(client)
    admin.post(f"/admin/auth/user/{rita.pk}/access/", {"act": "sessions"})
    event = AuditEvent.objects.get(verb="user.sessions_ended")
    assert (is_in(client), event.actor, event.data["count"]) == (False, "user:root", 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"groups": ["clients"]}, "roles taken away"),
        ({"active": False}, "switched off"),
        ({"groups": ["reviewers"]}, None),
    ],
)
def test_a_configuration_file_that_takes_a_role_or_the_account_ends_sessions(client, rita, change, reason):
    attempt(client)
    config.apply({"users": [{"username": "rita", **change}]}, by="system:test")
    ended = AuditEvent.objects.filter(verb="user.sessions_ended")
    assert [event.data["why"] for event in ended] == [reason] * bool(reason)
    assert Session.objects.exists() is (reason is None)
