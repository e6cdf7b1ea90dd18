"""A sitting is the stretch of work that a person's reviews belong to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.answering import review, sittings
from labeling.answering.review import Answer
from labeling.models import ReviewSession
from routing import assignments
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db


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


def worked(rita, minutes):
    """Let this person have answered an item, in a sitting that began so long ago."""
    factories.item_type()
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    review.submit(seat.pk, Answer("approve"), by=rita)
    ReviewSession.objects.update(working_since=timezone.now() - timedelta(minutes=minutes))


@pytest.mark.parametrize(("minutes", "told"), [(49, 0), (51, 51)])
def test_after_fifty_minutes_without_a_rest_one_is_suggested(rita, minutes, told):
    worked(rita, minutes)
    assert sittings.progress(rita).tired_minutes == told


def test_nothing_is_suggested_where_the_setting_is_zero(rita, settings):
    settings.HITL_REST_AFTER_MINUTES = 0
    worked(rita, 500)
    assert sittings.progress(rita).tired_minutes == 0


def test_who_rests_is_not_told_to(rita):
    worked(rita, 51)
    lie_idle(ReviewSession.objects.get(), 6)
    assert sittings.progress(rita).tired_minutes == 0


def test_a_rest_of_five_minutes_begins_the_count_anew(rita):
    worked(rita, 51)
    sitting = ReviewSession.objects.get()
    lie_idle(sitting, 6)
    sitting.refresh_from_db()
    sittings.touch(sitting)
    assert sittings.progress(rita).tired_minutes == 0


def test_a_shorter_one_does_not(rita):
    worked(rita, 51)
    sitting = ReviewSession.objects.get()
    lie_idle(sitting, 4)
    sitting.refresh_from_db()
    sittings.touch(sitting)
    assert sittings.progress(rita).tired_minutes == 51


def test_the_latest_sittings_are_told_with_what_was_answered(rita):
    worked(rita, 1)
    begun = timezone.now() - timedelta(minutes=30)
    ReviewSession.objects.update(started_at=begun, ended_at=begun + timedelta(minutes=20))
    with counted(most=2):
        (past,) = sittings.latest(rita)
    assert (past.minutes, past.answered) == (20, 1)


def test_an_open_sitting_is_none_of_the_latest_until_it_lay_idle(rita):
    worked(rita, 1)
    assert (len(sittings.latest(rita)), sittings.open_of(rita) is None) == (0, False)
    lie_idle(ReviewSession.objects.get(), 31)
    assert (len(sittings.latest(rita)), sittings.open_of(rita)) == (1, None)
