"""What a reviewer is shown of their own work."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hitl_project.dashboard import mine
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.models import Review
from routing import assignments
from routing.models import Assignment
from tests import factories

pytestmark = pytest.mark.django_db


def test_today_counts_what_was_answered_since_midnight_and_two_weeks_are_drawn(noon, rita):
    factories.item_type()
    for seconds in (2, 4, 9):
        factories.submit(0.85)
        seat = assignments.claim(by=rita)
        review.submit(seat.pk, Answer("approve", time_spent_ms=seconds * 1000), by=rita)
    oldest = Review.objects.order_by("pk").first()
    Review.objects.filter(pk=oldest.pk).update(created_at=noon - timedelta(days=2))
    found = mine.mine(rita, timezone.now())
    assert (found["today"].answered, found["today"].seconds) == (2, 6.5)
    values = found["plot"].lines[0].values
    assert (len(values), values[-1], values[-3], sum(values)) == (14, 2, 1, 3)


def test_what_is_due_next_and_what_is_overdue_stand_apart(rita):
    factories.item_type()
    now = timezone.now()
    for minutes in (-5, 30, 90):
        item = factories.submit(0.85)
        Assignment.objects.filter(item=item).update(due_at=now + timedelta(minutes=minutes))
    found = mine.mine(rita, now)
    (queue, due), *_ = found["queues"]
    assert (queue.free, queue.overdue, due, found["late"]) == (3, 1, now + timedelta(minutes=30), "1")


def test_who_is_in_no_queues_group_has_nothing_here():
    assert mine.mine(factories.person("nora"), timezone.now()) == {"queues": []}
