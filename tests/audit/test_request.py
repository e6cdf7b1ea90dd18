"""Every request has an id, which its log lines, its events and its answer carry."""

import logging

import pytest
from django.http import HttpResponse

from audit import trail
from audit.request import RequestIdFilter, RequestIdMiddleware, current
from tests.audit import book


def answer(rf, sent=None, view=None):
    """Return the request and the response of one pass through the middleware."""
    request = rf.get("/", headers={"X-Request-ID": sent} if sent is not None else {})
    return request, RequestIdMiddleware(view or (lambda _: HttpResponse()))(request)


def test_a_sane_id_is_kept_and_sent_back(rf):
    request, response = answer(rf, "job-7_a.b")
    assert (request.id, response["X-Request-ID"]) == ("job-7_a.b", "job-7_a.b")


@pytest.mark.parametrize("sent", [None, "", "a b", "x" * 65, "é", "a\n"])
def test_any_other_is_replaced_by_a_new_one(rf, sent):
    request, response = answer(rf, sent)
    assert (len(request.id), response["X-Request-ID"]) == (32, request.id)
    assert request.id != answer(rf, sent)[0].id


def test_outside_of_a_request_there_is_no_id(rf):
    answer(rf, "one")
    assert current().request_id == ""


def test_a_view_that_fails_leaves_no_id_behind(rf):
    def fail(_):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        answer(rf, "one", fail)
    assert current().request_id == ""


@pytest.mark.django_db
def test_events_name_their_request(rf):
    events = []

    def view(_):
        events.append(trail.record("item.judged", book.SUBJECT, by=None))
        trail.record_all([trail.Entry("item.judged", book.SUBJECT)], by=None)
        return HttpResponse()

    answer(rf, "one", view)
    assert list(trail.story(book.SUBJECT).values_list("request_id", flat=True)) == ["one", "one"]


def test_log_records_name_their_request(rf):
    def named():
        record = logging.makeLogRecord({})
        assert RequestIdFilter().filter(record) is True
        return record.request_id

    inside = []
    answer(rf, "one", lambda _: inside.append(named()) or HttpResponse())
    assert (inside, named()) == (["one"], "-")
