"""Who is at work."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments
from routing.models import Assignment, Queue
from routing.presence import present
from tests import factories

pytestmark = pytest.mark.django_db


def test_whoever_holds_or_has_just_answered_is_at_work(rita, edgar):
    factories.item_type()
    factories.person("nora", "reviewers")
    for _ in range(2):
        factories.submit(0.85)
    review.submit(assignments.claim(by=rita).pk, Answer("approve"), by=rita)
    held = assignments.claim(by=rita)
    queues = list(Queue.objects.values_list("pk", flat=True))
    (one,) = present(queues)
    assert (one.username, one.queue, one.since, one.answered) == ("rita", "reviews", held.claimed_at, 1)
    assert present([]) == []


def test_an_answer_of_an_hour_ago_is_no_presence(rita):
    factories.item_type()
    factories.submit(0.85)
    review.submit(assignments.claim(by=rita).pk, Answer("approve"), by=rita)
    queues = list(Queue.objects.values_list("pk", flat=True))
    later = timezone.now() + timedelta(minutes=16)
    assert (len(present(queues)), present(queues, later)) == (1, [])
    assert Assignment.objects.filter(closed_at=None).count() == 0
