"""A sitting is the stretch of work that a person's reviews belong to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling import review, sittings
from labeling.models import ReviewSession
from labeling.review import Answer
from routing import assignments
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return factories.person("rita", "reviewers")


def lie_idle(sitting, minutes):
    ReviewSession.objects.filter(pk=sitting.pk).update(
        last_active_at=timezone.now() - timedelta(minutes=minutes)
    )


def test_a_person_has_one_open_sitting(rita):
    assert sittings.current(rita) == sittings.current(rita)
    assert ReviewSession.objects.count() == 1


def test_after_half_an_hour_of_rest_another_one_begins(rita):
    first = sittings.current(rita)
    lie_idle(first, 31)
    second = sittings.current(rita)
    first.refresh_from_db()
    assert second != first
    assert first.ended_at == first.last_active_at


def test_touching_costs_nothing_when_it_was_just_touched(rita):
    sitting = sittings.current(rita)
    with counted(most=0):
        sittings.touch(sitting)
    lie_idle(sitting, 5)
    sitting.refresh_from_db()
    sittings.touch(sitting)
    sitting.refresh_from_db()
    assert sitting.last_active_at > timezone.now() - timedelta(minutes=1)


def test_progress_counts_answers_and_their_median_time(rita):
    factories.item_type()
    for spent in (1000, 9000, 2000):
        factories.submit(0.85)
        seat = assignments.claim(by=rita)
        review.submit(seat.pk, Answer("approve", time_spent_ms=spent), by=rita)
    assert sittings.progress(rita) == sittings.Progress(answered=3, pace=2.0)


def test_an_ended_sitting_has_no_progress(rita):
    sittings.current(rita)
    sittings.end(rita)
    assert sittings.progress(rita) == sittings.Progress(answered=0, pace=None)
