"""How fast queues move is read from what came in and what people answered in the last hours."""

from datetime import timedelta

import pytest
from django.utils import timezone

from routing import assignments
from routing.economics import pace
from routing.models import Assignment
from tests import factories
from tests.routing.looked import look

pytestmark = pytest.mark.django_db

HOUR = 1 / 24


@pytest.fixture
def rita():
    factories.item_type()
    return factories.person("rita", "reviewers")


def test_arrivals_looks_and_people_are_told_by_queue(rita, django_assert_num_queries):
    for seconds in (20, 40):
        look(factories.submit(0.85), by=rita, seconds=seconds, days_ago=HOUR)
    for _ in range(2):
        factories.submit(0.6)
    factories.submit(0.3)
    assignments.claim(by=rita)
    with django_assert_num_queries(1):
        found = pace.paces()
    reviews, experts = found["reviews"], found["experts"]
    assert (reviews.per_hour, reviews.people, reviews.answered) == (1, 1, 2)
    assert (reviews.seconds, reviews.cv) == (30, pytest.approx(200**0.5 / 30))
    assert experts == pace.Pace(per_hour=0.25, people=0, answered=0, seconds=None, cv=None)


def test_people_are_at_work_who_answered_lately(rita):
    look(factories.submit(0.85), by=rita, days_ago=HOUR / 5)
    look(factories.submit(0.85), by=factories.person("bob", "reviewers"), days_ago=HOUR / 3)
    assert pace.paces()["reviews"].people == 1


def test_what_is_older_than_the_window_is_left_out(rita):
    look(factories.submit(0.85), by=rita, days_ago=5 * HOUR)
    assert pace.paces()["reviews"] == pace.Pace(0, 0, 0, None, None)


def test_arrivals_are_counted_over_the_time_that_the_newest_cover(rita, monkeypatch):
    monkeypatch.setattr(pace, "NEWEST", 3)
    seats = [factories.seat_of(factories.submit(0.85)) for _ in range(5)]
    for number, seat in enumerate(seats):
        at = timezone.now() - timedelta(minutes=10 * (5 - number))
        Assignment.objects.filter(pk=seat.pk).update(created_at=at)
    assert pace.paces()["reviews"].per_hour == pytest.approx(2 / 0.5, rel=1e-3)
