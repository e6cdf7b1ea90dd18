"""A child asks for one task when it is free, and the sentinel sees what it holds until it has ended."""

import pytest
from django.db import OperationalError
from django.db.models.functions import Now
from django_q.models import OrmQ
from django_q.tasks import async_task

from hitl_project.worker import taking
from hitl_project.worker.shared import Flag
from hitl_project.worker.table import Table
from hitl_project.worker.taking import Hands

pytestmark = pytest.mark.django_db


@pytest.fixture
def hands():
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
