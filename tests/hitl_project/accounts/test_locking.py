"""Guessing is stopped however it is spread, and those who work from a place stay able to sign in there."""

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from audit.models import AuditEvent
from hitl_project.accounts import locking
from tests import factories
from tests.hitl_project.accounts.apps import attempt, is_in
from tests.people import signed_in

pytestmark = pytest.mark.django_db
OFFICE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def limits(settings, rita):
    settings.HITL_ADDRESS_FAILURES = settings.HITL_NAME_FAILURES = 10


def failures(count, *, name=None, address=OFFICE):
    """Let as many sign-ins have failed a moment ago, each with a name of its own or with this one."""
    rows = [
        AccessAttempt(
            username=name or f"n{number}", ip_address=address if not name else f"203.0.113.{number}"
        )
        for number in range(count)
    ]
    for row in rows:
        row.attempt_time, row.failures_since_start = timezone.now(), 1
    AccessAttempt.objects.bulk_create(rows)


def tried(address, name="rita", password="secret"):
    client = Client(REMOTE_ADDR=address)
    return client, attempt(client, password, name)


def test_many_names_from_one_address_lock_strangers_out_there_and_nobody_elsewhere():
    failures(10)
    client, answer = tried(OFFICE)
    assert (answer.status_code, is_in(client)) == (429, False)
    assert "Too many sign-ins from this address" in answer.content.decode()
    assert is_in(tried(ELSEWHERE)[0])


def test_a_locked_address_that_goes_on_with_other_names_leaves_one_event_a_minute():
    failures(10)
    for name in ("rita", "x1", "x2"):
        tried(OFFICE, name)
    event = AuditEvent.objects.get(verb="user.locked_out")
    assert event.data == {"username": "rita", "many": "address"}


def test_one_name_from_many_addresses_is_locked_where_it_never_signed_in():
    failures(10, name="rita")
    client, answer = tried(OFFICE)
    assert (answer.status_code, is_in(client)) == (429, False)
    assert "from several addresses" in answer.content.decode()
    assert AuditEvent.objects.get(verb="user.locked_out").data["many"] == "name"
    factories.person("otto", "reviewers")
    assert is_in(tried(OFFICE, "otto")[0])


@pytest.mark.parametrize("name", [None, "rita"])
def test_who_signed_in_from_there_before_still_can(name):
    assert is_in(tried(OFFICE)[0])
    failures(10, name=name)
    assert is_in(tried(OFFICE)[0])


def test_below_the_limits_everybody_can():
    failures(9)
    failures(9, name="rita")
    assert is_in(tried(OFFICE)[0])


def test_after_a_quarter_of_an_hour_all_is_as_before(time_machine):
    failures(10)
    time_machine.move_to(timezone.now())
    time_machine.shift(15 * 60 + 1)
    assert is_in(tried(OFFICE)[0])


def test_the_password_page_is_throttled_like_signing_in():
    client = signed_in("reviewers", name="eve")
    form = {"old_password": "guess", "new_password1": "Ein neues 77", "new_password2": "Ein neues 77"}
    answers = [client.post("/accounts/password/", form).status_code for _ in range(6)]
    assert answers == [400, 400, 400, 400, 429, 429]
    assert client.post("/accounts/password/", form | {"old_password": "secret"}).status_code == 429
    assert AccessAttempt.objects.get().username == "eve"


def test_no_password_that_was_tried_is_kept():
    client = signed_in("reviewers", name="eve")
    client.post("/accounts/password/", {"old_password": "guess77", "new_password1": "neu88"})
    client.post("/accounts/second/", {"password": "guess99", "code": "123456"})
    attempt(Client(), "guess66", "eve")
    kept = " ".join(f"{row.post_data} {row.get_data}" for row in AccessAttempt.objects.all())
    assert [word for word in ("guess77", "neu88", "guess99", "123456", "guess66") if word in kept] == []


def test_a_network_of_ipv6_is_one_address():
    failures(10)
    AccessAttempt.objects.update(ip_address="2001:db8:1:2::")
    assert [is_in(tried(f"2001:db8:1:{net}::7")[0]) for net in (2, 3)] == [False, True]


def test_an_address_that_is_not_known_counts_for_nothing():
    failures(10, address=None)
    assert locking.spread("rita", None) is None
