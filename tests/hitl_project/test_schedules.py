"""The worker's table of schedules becomes what the apps ask for, however often it is set up."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ, Schedule

from hitl_project import schedules
from routing.models import Delivery
from routing.models.outbox import DeliveryAttempt

pytestmark = pytest.mark.django_db


def stored():
    return {row.name: (row.func, row.cron) for row in Schedule.objects.all()}


def test_every_schedule_names_a_function_that_exists():
    assert [
        name for name, (function, _) in schedules.wanted().items() if not callable(import_string(function))
    ] == []


def test_the_first_time_makes_them_all_and_the_second_changes_nothing():
    assert set(schedules.set_up().made) == set(schedules.wanted())
    before = dict(Schedule.objects.values_list("name", "next_run"))
    assert schedules.set_up() == schedules.Changes((), (), ())
    assert (stored(), dict(Schedule.objects.values_list("name", "next_run"))) == (schedules.wanted(), before)


def test_none_runs_before_its_time(noon):
    schedules.set_up()
    assert not Schedule.objects.filter(next_run__lte=timezone.now()).exists()


def test_one_that_differs_is_set_right_and_one_that_is_unknown_is_removed():
    schedules.set_up()
    Schedule.objects.filter(name="sweep").update(func="os.system")
    Schedule.objects.create(name="planted", func="os.system", schedule_type=Schedule.CRON, cron="* * * * *")
    assert schedules.set_up() == schedules.Changes((), ("sweep",), ("planted",))
    assert stored() == schedules.wanted()


def test_bootstrap_can_be_repeated(capsys):
    call_command("bootstrap")
    call_command("bootstrap")
    assert stored() == schedules.wanted()


def test_messages_of_a_clock_that_was_ahead_are_due_now_and_no_others():
    now, hour = timezone.now(), timedelta(hours=1)
    owed = {"url": "https://client.example/hook", "event": "item.decided", "body": {}}
    waits = Delivery.objects.create(**owed, attempts=3, next_attempt_at=now + hour)
    Delivery.objects.create(**owed, owed_at=now + hour, next_attempt_at=now + hour)
    failed = Delivery.objects.create(**owed, attempts=1, next_attempt_at=now + 2 * hour)
    DeliveryAttempt.objects.create(delivery=failed, at=now + hour, milliseconds=1)
    assert (schedules.put_right(), schedules.put_right()) == (2, 0)
    assert list(Delivery.objects.filter(next_attempt_at__gt=timezone.now())) == [waits]
    assert not Delivery.objects.filter(owed_at__gt=timezone.now()).exists()


def test_a_message_that_waits_no_longer_than_its_pause_is_left_without_a_look_at_its_attempts():
    now, minutes = timezone.now(), timedelta(minutes=1)
    owed = {"url": "https://client.example/hook", "event": "item.decided", "body": {}, "attempts": 4}
    soon = Delivery.objects.create(**owed, next_attempt_at=now + 110 * minutes)
    late = Delivery.objects.create(**owed, next_attempt_at=now + 180 * minutes)
    for one in (soon, late):
        DeliveryAttempt.objects.create(delivery=one, at=now + 10 * minutes, milliseconds=1)
    assert schedules.put_right() == 1
    assert list(Delivery.objects.filter(next_attempt_at__gt=timezone.now())) == [soon]


def test_what_a_clock_that_was_ahead_has_put_off_is_put_right_once():
    schedules.set_up()
    right = dict(Schedule.objects.values_list("name", "next_run"))
    hour = timedelta(hours=1)
    Schedule.objects.filter(name="learn").update(next_run=right["learn"] + hour)
    now = timezone.now()
    taken = OrmQ.objects.create(key="hitl", payload="taken", lock=now + timedelta(minutes=40))
    OrmQ.objects.create(key="hitl", payload="waits", lock=now + hour)
    assert (schedules.put_right(), schedules.put_right()) == (2, 0)
    assert Schedule.objects.get(name="learn").next_run - right["learn"] <= timedelta(minutes=1)
    assert list(OrmQ.objects.filter(lock__gt=timezone.now())) == [taken]
