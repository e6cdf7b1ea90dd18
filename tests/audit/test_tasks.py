"""What the clock does for the trail."""

import pytest
from croniter import croniter
from django.utils.module_loading import import_string

from audit import checking, tasks
from audit.models import AuditEvent, Seal
from tests.audit import book


@pytest.mark.django_db
def test_sealing_twice_seals_once():
    book.write(3)
    assert [tasks.seal_trail(), tasks.seal_trail()] == ["seal 1 covers 3 events", "nothing to seal"]
    assert Seal.objects.get().events == 3


def test_every_schedule_names_a_task_and_a_time():
    assert [
        (callable(import_string(func)), croniter.is_valid(cron)) for _, func, cron in tasks.SCHEDULES
    ] == [(True, True)] * 4


@pytest.mark.django_db
def test_the_book_is_verified_each_night():
    book.write(3)
    assert tasks.verify_nightly() == "intact: 4 events"
    assert AuditEvent.objects.filter(verb="trail.verified").count() == 1


@pytest.mark.django_db
def test_a_verification_that_somebody_asked_for_is_not_done_twice():
    begun = checking.begin(by="user:cora")
    assert tasks.verify(begun.pk) == "intact: 1 events"
    assert tasks.verify(begun.pk) == f"{begun} had ended"
