"""A task is held by a lease that its holder keeps: one worker has it at a time, and a dead one loses it."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ

from hitl_project.worker.table import LEASE, Table, lease

pytestmark = pytest.mark.django_db


def left_of_the_lease():
    """Return the seconds for which the only task is still held, by the database's clock."""
    return OrmQ.objects.annotate(left=F("lock") - Now()).get().left.total_seconds()


def let_time_pass(seconds):
    OrmQ.objects.update(lock=F("lock") - timedelta(seconds=seconds))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(Conf, "POLL", 0)


@pytest.fixture
def two():
    """Return the brokers of two workers, of which the first has taken the only task, and its number."""
    first, second = Table(), Table()
    first.enqueue("payload")
    let_time_pass(1)
    [(number, payload)] = first.dequeue()
    assert payload == "payload"
    return first, second, number


def test_it_is_the_broker_where_no_other_is_set():
    assert type(get_broker()) is Table


def test_a_task_is_taken_by_one_worker_and_gone_when_it_is_done(two):
    first, second, number = two
    assert (first.dequeue(), second.dequeue()) == (None, None)
    first.acknowledge(number)
    assert OrmQ.objects.count() == 0


def test_a_task_stays_with_a_worker_that_says_so(two):
    first, second, number = two
    for _ in range(3):
        let_time_pass(80)
        assert first.keep(number, 1)
    assert LEASE.total_seconds() - 5 < left_of_the_lease() <= LEASE.total_seconds()
    assert second.dequeue() is None


def test_a_task_of_a_worker_that_is_not_heard_goes_to_another_and_stays_there(two):
    first, second, number = two
    let_time_pass(91)
    assert second.dequeue() == [(number, "payload")]
    first.give_back(number, 1)
    first.put_off(number, 1)
    assert (first.keep(number, 1), second.keep(number, second.times), first.dequeue()) == (False, True, None)


def test_a_task_of_a_killed_child_is_taken_at_once_the_first_time_and_later_the_next(two):
    first, second, number = two
    first.give_back(number, 1)
    assert second.dequeue() == [(number, "payload")]
    second.give_back(number, 2)
    assert first.dequeue() is None
    let_time_pass(181)
    assert first.dequeue() == [(number, "payload")]


def test_a_task_that_kills_its_workers_comes_back_ever_later():
    assert [lease(times).total_seconds() for times in (1, 2, 3, 4, 5, 6, 100)] == [
        90, 180, 360, 720, 1440, 2400, 2400
    ]  # fmt: skip


def test_a_task_that_failed_waits_for_longer(two):
    first, _, number = two
    first.put_off(number, 1)
    assert 2395 < left_of_the_lease() <= 2400


def test_a_worker_takes_nothing_of_a_queue_with_another_name(two):
    let_time_pass(91)
    assert (Table("other").dequeue(), Table("hit").dequeue()) == (None, None)
