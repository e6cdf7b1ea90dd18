"""A child asks for one task when it is free, and the sentinel sees what it holds until it has ended."""

import pytest
from django.db import OperationalError
from django.db.models.functions import Now
from django.utils import timezone
from django_q import monitor
from django_q.models import Failure, OrmQ
from django_q.tasks import async_task

from hitl_project.worker import taking
from hitl_project.worker.shared import Flag
from hitl_project.worker.table import Table
from hitl_project.worker.taking import Hands

pytestmark = pytest.mark.django_db


@pytest.fixture
def hands(monkeypatch):
    monkeypatch.setattr(monitor, "close_old_django_connections", lambda: None)  # the test's is one of them
    return Hands(Table(), Flag())


def queue(**changes):
    async_task("math.sqrt", 4)
    OrmQ.objects.update(lock=Now(), **changes)
    return OrmQ.objects.values_list("pk", flat=True).last()


def held_until(number):
    return OrmQ.objects.get(pk=number).lock


def test_a_child_holds_the_task_that_it_took_and_no_other(hands):
    first = queue()
    task = hands.get()
    assert (task["ack_id"], task["func"], task["cluster"], list(hands.held)) == (
        first, "math.sqrt", "hitl", [first, 1]
    )  # fmt: skip
    OrmQ.objects.update(lock=Now())
    hands.keep()
    assert held_until(first) > OrmQ.objects.annotate(now=Now()).get().now


@pytest.mark.parametrize("success", [True, False])
def test_a_task_that_has_ended_is_no_longer_held(hands, success):
    number = queue()
    task = hands.get()
    before = held_until(number)
    hands._ended(task | {"success": success})
    assert (hands.held[0], held_until(number) > before) == (0, not success)


def test_what_a_child_held_that_is_gone_is_for_others_to_take(hands):
    number = queue()
    hands.get()
    hands.give_back()
    assert Hands(Table(), hands.ending).get()["ack_id"] == number


def test_a_task_that_nobody_signed_is_thrown_away(hands):
    OrmQ.objects.create(key="hitl", payload="forged", lock=Now())
    good = queue()
    assert (hands.get()["ack_id"], OrmQ.objects.count()) == (good, 1)


def taken(hands):
    """Let a child look for a task once, all leases having run out, and return what it is to do."""
    OrmQ.objects.update(lock=Now())
    return [task for number, payload in hands.broker.left() if (task := hands._opened(number, payload))]


def test_a_task_that_ends_its_process_each_time_fails_like_another_and_is_not_taken_for_ever(hands):
    queue()
    assert [len(taken(hands)) for _ in range(8)] == [1, 1, 1, 1, 1, 0, 0, 0]
    failed = Failure.objects.get()
    assert (failed.func, failed.attempt_count, failed.result) == ("math.sqrt", 3, taking.KILLED)
    assert (OrmQ.objects.count(), hands.held[0]) == (0, 0)


def test_processes_killed_between_its_failures_are_no_failures_of_a_task(hands):
    queue()
    for killed in (True, False, True, False):
        [task] = taken(hands)
        if not killed:
            ended = {"success": False, "result": "no", "started": task["started"], "stopped": timezone.now()}
            monitor.save_task(task | ended, hands.broker)
    assert len(taken(hands)) == 1
    assert Failure.objects.get().attempt_count == 2


def test_a_database_that_is_away_is_asked_again(hands, monkeypatch):
    answers = iter([OperationalError("away"), [(7, OrmQ.objects.get(pk=queue()).payload)]])

    def dequeue():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(taking, "PAUSE", 0)
    monkeypatch.setattr(hands.broker, "dequeue", dequeue)
    assert hands.get()["ack_id"] == 7


def test_no_task_is_taken_once_the_worker_is_to_end(hands):
    queue()
    hands.ending.set()
    assert (hands.get(), list(hands.held)) == ("STOP", [0, 0])
