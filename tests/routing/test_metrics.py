"""Queues are counted and places in them told, at a cost that does not grow with them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from routing import assignments, metrics
from routing.economics import staffing
from routing.models import Assignment, Queue
from tests import database, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    factories.item_type()
    return factories.person("rita", "reviewers")


def test_places_follow_the_order_in_which_seats_are_claimed(rita):
    items = [factories.submit(score) for score in (0.85, 0.6, 0.9, 0.7, 0.85)]
    Assignment.objects.filter(item=items[2]).update(due_at=timezone.now() - timedelta(minutes=1))
    assignments.reprioritise({items[4].pk: 0.5})
    places = {item.pk: metrics.place(item.pk).ahead for item in items}
    claimed = [assignments.claim(by=rita).item_id for _ in items]
    assert sorted(places, key=places.__getitem__) == claimed
    assert sorted(places.values()) == [0, 1, 2, 3, 4]


def test_a_seat_in_somebodys_hands_is_not_ahead(rita):
    _, second = factories.submit(0.85), factories.submit(0.85)
    assignments.claim(by=rita)
    assert metrics.place(second.pk).ahead == 0


def test_an_item_that_waits_for_nobody_has_no_place(rita):
    assert metrics.place(factories.submit(0.99).pk) is None


def answered(items, *, by, seconds, minutes_ago=1.0):
    """Have these items answered by one person, each after so many seconds."""
    for item, took in zip(items, seconds, strict=True):
        seat = factories.seat_of(item)
        closed = timezone.now() - timedelta(minutes=minutes_ago)
        Assignment.objects.filter(pk=seat.pk).update(
            user=by,
            claimed_at=closed - timedelta(seconds=took),
            leased_until=closed,
            closed_at=closed,
            outcome="answered",
        )


def test_the_wait_follows_the_looks_and_the_people_at_work(rita):
    items = [factories.submit(0.85) for _ in range(7)]
    assert metrics.place(items[6].pk).wait_seconds is None
    answered(items[:2], by=rita, seconds=[20, 40])
    answered(items[2:3], by=factories.person("bob", "reviewers"), seconds=[30])
    place = metrics.place(items[6].pk)
    expected = staffing.wait(3, 2, 30, 10)
    told = (place.wait_seconds, place.wait_low, place.wait_high)
    assert told == pytest.approx((expected.seconds, expected.low, expected.high), rel=1e-6)


def test_without_people_at_work_the_wait_follows_what_was_closed_in_the_last_hours(rita):
    items = [factories.submit(0.85) for _ in range(6)]
    answered(items[:4], by=rita, seconds=[1] * 4, minutes_ago=60)
    assert metrics.place(items[5].pk).wait_seconds == pytest.approx(2 * 3600)


def test_what_comes_in_with_a_higher_priority_makes_the_wait_longer(rita):
    items = [factories.submit(0.85) for _ in range(3)]
    answered(items[:2], by=rita, seconds=[1200, 1200])
    factories.submit(0.6)
    factories.submit(0.6)
    place = metrics.place(items[2].pk)
    busy = 2 / 4 / 3600 * 1200  # of one person's time: two in four hours, twenty minutes each
    assert (place.ahead, place.wait_seconds) == (2, pytest.approx(3 * 1200 / (1 - busy), rel=1e-3))


def test_an_overdue_item_is_overtaken_by_nobody(rita):
    items = [factories.submit(0.85) for _ in range(2)]
    answered(items[:1], by=rita, seconds=[600])
    factories.submit(0.6)
    Assignment.objects.filter(item=items[1]).update(due_at=timezone.now() - timedelta(minutes=1))
    assert metrics.place(items[1].pk).wait_seconds == pytest.approx(600)


def test_a_person_is_at_work_who_holds_a_seat_or_has_closed_one_lately(rita, django_assert_num_queries):
    items = [factories.submit(0.85) for _ in range(4)]
    assert metrics.people_at_work() == 0
    answered(items[:1], by=factories.person("bob", "reviewers"), seconds=[9], minutes_ago=14)
    answered(items[1:2], by=factories.person("eve", "reviewers"), seconds=[9], minutes_ago=16)
    assignments.claim(by=rita)
    with django_assert_num_queries(1):
        assert metrics.people_at_work() == 2


def test_counting_stops_at_the_cap(rita, monkeypatch):
    monkeypatch.setattr(metrics, "CAP", 3)
    items = [factories.submit(0.85) for _ in range(9)]
    assert [metrics.place(one.pk).ahead for one in (items[2], items[8])] == [2, 3]


def test_queues_are_counted_by_priority_in_one_statement(rita, django_assert_num_queries):
    late, *_ = [factories.submit(score) for score in (0.85, 0.6, 0.3)]
    Assignment.objects.filter(item=late).update(due_at=timezone.now() - timedelta(minutes=1))
    assignments.claim(by=rita)
    Queue.objects.filter(slug="experts").update(paused_at=timezone.now())
    with django_assert_num_queries(1):
        experts, reviews = metrics.queues()
    assert (reviews.open, reviews.overdue, reviews.held, reviews.group) == (2, 1, 1, "reviewers")
    assert reviews.by_priority == {"low": 0, "normal": 1, "high": 1, "urgent": 0}
    assert (experts.open, experts.paused, experts.by_priority["urgent"]) == (1, True, 1)


def test_a_known_question_that_waits_for_one_person_is_late_for_nobody(rita):
    late = Assignment.objects.filter(item=factories.submit(0.85))
    for purpose, overdue in (("review", 1), ("gold", 0)):
        late.update(purpose=purpose, due_at=timezone.now() - timedelta(minutes=1))
        assert metrics.queues()[1].overdue == overdue


@pytest.mark.parametrize("due", ["2 hours", "-2 hours"])
def test_a_place_reads_the_same_few_pages_in_a_long_queue(rita, due):
    database.compact("routing_assignment")
    first = factories.submit(0.85)
    seat = Assignment.objects.get(item=first)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO routing_assignment (item_id, item_type_id, queue_id, purpose, priority, utility, "
            "blind, inclusion, due_at, created_at) SELECT %s, item_type_id, queue_id, 'overlap', priority, "
            "utility, blind, inclusion, now() + %s::interval, created_at FROM routing_assignment, "
            "generate_series(1, 20000) WHERE id = %s",
            [factories.submit(0.85).pk, due, seat.pk],
        )
        cursor.execute("ANALYZE routing_assignment")
        last = factories.submit(0.85)
        pages = {}
        for item in (first, last):
            cursor.execute(
                "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + metrics.PLACE,
                metrics.parameters(item.pk, timezone.now()),
            )
            plan = cursor.fetchone()[0][0]["Plan"]
            pages[item.pk] = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    assert metrics.place(last.pk).ahead == metrics.CAP
    assert max(pages.values()) < 300
