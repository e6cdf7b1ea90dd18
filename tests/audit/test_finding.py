"""The book is narrowed by each thing that is asked, and by all of them together."""

from datetime import timedelta

import pytest
from django.db import connection

from audit import finding, trail
from audit.finding import Wanted
from audit.models import AuditEvent
from audit.request import Current, _current

pytestmark = pytest.mark.django_db

FIRST = {"item_type": "claims", "policy": 3, "model": "fraud@2", "why": "The amount was large."}
OTHER = {"item_type": "mails", "policy": 3, "model": "spam@1", "why": "The amount was small."}


@pytest.fixture
def events():
    """Four events: two about the first item, one about another, one that names the first."""
    return [
        trail.record("item.submitted", ("routing.item", "a-1"), by="system:router", **FIRST),
        trail.record("review.submitted", ("routing.item", "a-1"), by="user:rita", label="yes"),
        trail.record("item.submitted", ("routing.item", "b-2"), by="system:router", **OTHER),
        trail.record("flag.raised", ("labeling.flag", 5), by="key:k1/rita", item="a-1"),
    ]


def found(events, wanted, **reading):
    """Return the places, among the events, of those that are found, in the order found."""
    places = {event.pk: place for place, event in enumerate(events)}
    rows = finding.read(finding.matching(AuditEvent.objects.filter(pk__in=places), wanted), most=9, **reading)
    return [places[row.pk] for row in rows]


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        (Wanted(), [3, 2, 1, 0]),
        (Wanted(subjects=["a-1"]), [3, 1, 0]),
        (Wanted(subjects=[]), []),
        (Wanted(subject_type="labeling.flag"), [3]),
        (Wanted(subject_type="routing.item", subject_id="b-2"), [2]),
        (Wanted(actors=["user:rita", "key:k1/rita"]), [3, 1]),
        (Wanted(actors=[]), []),
        (Wanted(verb="item.submitted"), [2, 0]),
        (Wanted(model="fraud@2"), [0]),
        (Wanted(policy=("claims", 3)), [0]),
        (Wanted(policy=("claims", 4)), []),
        (Wanted(words="amount"), [2, 0]),
        (Wanted(words='"amount was" -small'), [0]),
        (Wanted(words='"was the amount"'), []),
        (Wanted(words='large "the_AMOUNT"'), [0]),
        (Wanted(words='"no such" or small'), [2]),
        (Wanted(words="yes or small"), [2, 1]),
        (Wanted(verb="item.submitted", model="spam@1", words="small"), [2]),
        (Wanted(verb="item.submitted", actors=["user:rita"]), []),
    ],
)
def test_what_is_asked_is_found_newest_first(events, wanted, places):
    assert found(events, wanted) == places


def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(events):
    since, until = events[1].at, events[3].at
    assert found(events, Wanted(since=since, until=until)) == [2, 1]
    assert found(events, Wanted(until=events[0].at - timedelta(days=1))) == []


def test_the_events_of_one_request_are_found():
    token = _current.set(Current("r-1"))
    try:
        row = trail.record("item.submitted", ("routing.item", "c-3"), by="user:rita")
    finally:
        _current.reset(token)
    assert found([row], Wanted(request_id="r-1")) == [0]
    assert found([row], Wanted(request_id="r-2")) == []


def test_events_can_be_read_oldest_first(events):
    assert found(events, Wanted(verb="item.submitted"), newest_first=False) == [0, 2]


def test_the_second_way_finds_the_same_where_the_first_takes_too_long(events, monkeypatch):
    monkeypatch.setattr(finding, "SHORT", 1)
    slow = AuditEvent.objects.filter(pk__in=[event.pk for event in events]).extra(
        where=[
            "CASE WHEN current_setting('statement_timeout') = '1ms' THEN pg_sleep(1) IS NULL ELSE true END"
        ]
    )
    assert [row.pk for row in finding.read(slow, most=2)] == [events[3].pk, events[2].pk]


def test_reading_leaves_the_settings_of_the_database_as_they_were(events):
    names = ("statement_timeout", "jit", "work_mem")
    with connection.cursor() as cursor:
        before = [cursor.execute(f"SHOW {name}") or cursor.fetchone() for name in names]
        found(events, Wanted())
        assert [cursor.execute(f"SHOW {name}") or cursor.fetchone() for name in names] == before


def test_the_values_that_occur_are_listed_once_each(events):
    assert finding.values("model") == ["fraud@2", "spam@1"]
    assert set(finding.values("actor")) >= {"system:router", "user:rita", "key:k1/rita"}
    assert finding.values("verb", most=1) == ["flag.raised"]


def test_a_body_of_more_words_than_the_database_indexes_is_recorded_all_the_same():
    words = " ".join(f"word{number}" for number in range(300_000))
    row = trail.record(
        "itemtype.changed", ("routing.itemtype", 1), by="user:ada", after={"guidelines": words}
    )
    assert found([row], Wanted(words="word7")) == [0]
