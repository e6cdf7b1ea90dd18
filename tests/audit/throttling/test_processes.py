"""What one real process answered another one counts, and what counting costs a request."""

import time
import urllib.error
import urllib.request

import pytest
from django.db.models import Max, Sum
from django.http import HttpResponse
from django.test import RequestFactory

from audit.models import Tally
from audit.throttling import meeting
from audit.throttling.counting import MINUTE, Counts
from bench import servers
from hitl_project.limits.gate import GateMiddleware
from hitl_project.limits.throttle import ThrottleMiddleware
from tests.waiting import PATIENCE, until


def status(address):
    """Return what the API of a server answers a stranger."""
    try:
        with urllib.request.urlopen(f"{address}/api/v1/items/", timeout=PATIENCE) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def counted():
    """Return how many requests are in the table that the processes share."""
    return Tally.objects.filter(minute__gt=0).aggregate(Sum("hits"))["hits__sum"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_one_process_answered_another_counts(monkeypatch):
    monkeypatch.setenv("HITL_THROTTLE_ADDRESS", "20")
    monkeypatch.setenv("HITL_WEB_WORKERS", "1")
    with servers.web() as address:
        until(lambda: time.time() % MINUTE < 40)  # in the next minute some more are let through
        assert [status(address) for _ in range(25)] == [401] * 20 + [429] * 5
        until(lambda: counted() == 20)
    here, now = Counts(), Tally.objects.aggregate(last=Max("minute"))["last"] * MINUTE
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
