"""What one real process answered another one counts, and what counting costs a request."""

import time
import urllib.error
import urllib.request

import pytest
from django.db.models import Sum
from django.http import HttpResponse
from django.test import RequestFactory

from audit.models import Tally
from audit.throttling import meeting
from audit.throttling.counting import Counts
from bench import servers
from hitl_project.limits.gate import GateMiddleware
from hitl_project.limits.throttle import ThrottleMiddleware


def status(address):
    """Return what the API of a server answers a stranger."""
    try:
        with urllib.request.urlopen(f"{address}/api/v1/items/", timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def until_counted(hits):
    """Wait until so many requests are in the table that the processes share."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if Tally.objects.filter(minute__gt=0).aggregate(Sum("hits"))["hits__sum"] == hits:
            return
        time.sleep(0.05)
    pytest.fail("the counts did not meet")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_one_process_answered_another_counts(monkeypatch):
    monkeypatch.setenv("HITL_THROTTLE_ADDRESS", "20")
    monkeypatch.setenv("HITL_WEB_WORKERS", "1")
    with servers.web() as address:
        assert [status(address) for _ in range(25)] == [401] * 20 + [429] * 5
        until_counted(20)
    here, now = Counts(), time.time()
    assert here.wait("address:127.0.0.1", 20, now) == 0  # not met yet
    meeting.meet(here, now=now)
    assert here.wait("address:127.0.0.1", 20, now) > 0


def test_a_request_is_let_through_in_far_less_than_a_third_of_a_millisecond(settings):
    settings.HITL_THROTTLE_ADDRESS = 1_000_000
    through = GateMiddleware(ThrottleMiddleware(lambda request: HttpResponse()))
    request = RequestFactory().get("/accounts/login/")
    begun = time.process_time()
    for _ in range(1_000):
        assert through(request).status_code == 200
    assert time.process_time() - begun < 0.3
