"""Too many requests are answered 429 with the time to wait; who works beside the culprit is not hindered."""

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from audit.models import ApiKey
from audit.throttling import counting
from tests.api_client import caller
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(settings, monkeypatch):
    """Let three requests a minute through, counted from none."""
    settings.HITL_THROTTLE_KEY = settings.HITL_THROTTLE_PERSON = settings.HITL_THROTTLE_ADDRESS = 3
    fresh = counting.Counts()
    for place in ("audit.throttling.keys", "audit.throttling.meeting", "hitl_project.limits.throttle"):
        monkeypatch.setattr(f"{place}.COUNTS", fresh)
    with time_machine.travel(timezone.now().replace(second=30), tick=False):  # no minute ends meanwhile
        yield


def statuses(get, tries=5):
    """Return the statuses of so many answers."""
    return [get().status_code for _ in range(tries)]


def test_a_key_is_told_when_to_come_again_in_the_shape_of_every_error():
    client = caller("items:read")
    assert statuses(lambda: client.get("/api/v1/items/"))[-2:] == [429, 429]
    answer = client.get("/api/v1/items/")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert answer.json()["errors"][0]["code"] == "throttled"


def test_a_key_is_counted_also_where_it_may_do_nothing():
    client = caller("items:read")
    assert statuses(lambda: client.get("/api/v1/labels/")) == [403, 403, 403, 429, 429]


def test_a_key_with_a_number_of_its_own_is_held_to_that_one():
    client = caller("items:read")
    ApiKey.objects.update(most_a_minute=1)
    assert statuses(lambda: client.get("/api/v1/items/"), 2) == [200, 429]
    ApiKey.objects.update(most_a_minute=0)
    assert statuses(lambda: client.get("/api/v1/items/")) == [200] * 5


def test_nobody_uses_up_the_requests_of_a_key_with_its_readable_part_alone():
    client = caller("items:read")
    sent = f"Bearer hitl_{ApiKey.objects.get().prefix}_wrong"
    statuses(lambda: Client(HTTP_AUTHORIZATION=sent).get("/api/v1/items/"), 9)
    assert client.get("/api/v1/items/").status_code == 200


def test_keys_that_are_none_are_looked_up_so_often_and_no_more():
    wrong = Client(HTTP_AUTHORIZATION="Bearer hitl_00000000_wrong")
    assert statuses(lambda: wrong.get("/api/v1/items/"), 31).count(429) == 1


def test_an_address_that_asks_too_often_does_not_lock_out_who_is_signed_in_there():
    browser = signed_in("leads")
    assert statuses(lambda: Client().get("/accounts/login/")) == [200, 200, 200, 429, 429]
    assert browser.get("/targets/").status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.7").get("/accounts/login/").status_code == 200


def test_a_made_up_header_frees_nobody_from_being_counted():
    for sent in ("Bearer hitl_00000000_wrong", "Basic eDp5"):
        stranger = Client(HTTP_AUTHORIZATION=sent, REMOTE_ADDR=f"192.0.2.{len(sent)}")
        assert statuses(lambda one=stranger: one.get("/accounts/login/")) == [200, 200, 200, 429, 429]
    browser = signed_in("leads")
    asked = {"headers": {"Authorization": "Basic eDp5"}}
    assert statuses(lambda: browser.get("/api/v1/items/", **asked))[2:] == [200, 429, 429]


def test_a_person_is_shown_a_page_that_says_how_long_to_wait():
    browser = signed_in("leads")
    statuses(lambda: browser.get("/targets/"), 3)
    answer = browser.get("/targets/")
    assert (answer.status_code, "Content-Security-Policy" in answer.headers) == (429, True)
    assert f"Wait {answer['Retry-After']} seconds" in answer.content.decode()


def test_probes_are_never_too_many():
    assert 429 not in statuses(lambda: Client().get("/health"), 9)


def test_one_network_of_ipv6_is_one_address():
    homes = [Client(REMOTE_ADDR=f"2001:db8::{number}") for number in range(5)]
    assert [home.get("/accounts/login/").status_code for home in homes][-2:] == [429, 429]


def test_counting_takes_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/api/v1/nothing/").status_code == 404
