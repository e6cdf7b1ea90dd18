"""Redis as broker, by one setting, on a real Redis: a task is never only there, so none is lost with it."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.tasks import async_task
from redis import Redis

from hitl_project import redis_broker
from hitl_project.environment import Environment
from hitl_project.redis_broker import RedisBroker
from hitl_project.worker.table import Table
from tests.redis_server import Server
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.django_db(transaction=True)
MARK = "tests.hitl_project.test_redis_broker.mark"


def mark(path, word):
    """What the worker does here: append a word to a file."""
    with open(path, "a") as file:
        file.write(f"{word}\n")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


@pytest.fixture
def server(running, settings, monkeypatch):
    """Return a Redis that is up and empty, which this process uses as its broker."""
    if not running.answers():
        running.start()
    settings.HITL_REDIS_URL = running.url
    monkeypatch.setattr(Conf, "BROKER_CLASS", "hitl_project.redis_broker.RedisBroker")
    monkeypatch.setattr(redis_broker, "WAIT", 0.05)
    redis_broker.client.cache_clear()
    Redis.from_url(running.url).flushall()
    yield running
    redis_broker.client().close()
    redis_broker.client.cache_clear()


def told(server):
    return Redis.from_url(server.url).llen("hitl:tasks:hitl")


def overdue():
    """Let the time pass in which a task is Redis's alone."""
    OrmQ.objects.update(lock=timezone.now() - timedelta(seconds=1))


def test_redis_hears_of_a_task_once_its_work_is_committed_and_never_before(server):
    with transaction.atomic():
        async_task(MARK)
        assert told(server) == 0
    assert (told(server), OrmQ.objects.count()) == (1, 1)


def test_a_task_whose_work_is_taken_back_is_nowhere(server):
    with transaction.atomic():
        async_task(MARK)
        transaction.set_rollback(True)
    assert (told(server), OrmQ.objects.count()) == (0, 0)


def test_one_worker_gets_a_task_and_its_row_goes_when_it_is_done(server):
    async_task(MARK, "a")
    first, second = RedisBroker(), RedisBroker()
    [(number, payload)] = first.dequeue()
    assert payload == OrmQ.objects.get(pk=number).payload
    assert second.dequeue() == []
    first.acknowledge(number)
    assert OrmQ.objects.count() == 0


def test_what_redis_forgot_is_found_in_the_table(server):
    async_task(MARK)
    server.kill()
    server.start()
    assert RedisBroker().dequeue() == []
    overdue()
    assert len(RedisBroker().dequeue()) == 1


def test_a_task_found_in_the_table_is_not_taken_again_when_redis_tells_of_it(server):
    async_task(MARK)
    overdue()
    broker = RedisBroker()
    assert [len(broker.dequeue()), broker.dequeue(), told(server)] == [1, [], 0]


def test_without_redis_tasks_are_queued_and_taken_all_the_same(server, monkeypatch):
    monkeypatch.setattr(Conf, "POLL", 0)
    server.kill()
    async_task(MARK)
    assert not RedisBroker().dequeue()
    overdue()
    assert len(RedisBroker().dequeue()) == 1


def test_a_redis_that_hangs_is_waited_for_once_and_not_for_each_task(server, monkeypatch):
    monkeypatch.setattr(redis_broker, "PATIENCE", 0.5)
    monkeypatch.setattr(redis_broker, "SILENCE", 2)
    began = time.monotonic()
    with server.hung():
        for _ in range(20):
            async_task(MARK)
    assert time.monotonic() - began < 1.5
    assert OrmQ.objects.count() == 20
    time.sleep(2)
    before = told(server)
    async_task(MARK)
    assert (before <= 1, told(server)) == (True, before + 1)


def test_while_redis_keeps_a_worker_busy_the_table_is_still_looked_at(server, monkeypatch):
    monkeypatch.setattr(redis_broker, "LOOK", 0)
    async_task(MARK, "lost")
    overdue()
    [lost] = OrmQ.objects.values_list("pk", flat=True)
    async_task(MARK, "told")
    assert RedisBroker().dequeue()[0][0] == lost


def test_a_message_that_is_no_task_is_passed_over(server):
    Redis.from_url(server.url).rpush("hitl:tasks:hitl", b"\xff nonsense", b"12", b"12 today")
    assert [RedisBroker().dequeue() for _ in range(4)] == [[]] * 4


def test_each_kind_of_broker_takes_what_the_other_left(server):
    async_task(MARK)
    overdue()
    assert len(Table().dequeue()) == 1
    OrmQ.objects.all().delete()
    async_task(MARK, broker=Table())
    assert len(RedisBroker().dequeue()) == 1


@pytest.mark.parametrize("value", ["rediss://u:p@10.0.0.1:6379/0", "redis://cache", "unix:///run/redis.sock"])
def test_an_address_of_redis_is_taken_as_it_is(monkeypatch, tmp_path, value):
    monkeypatch.setenv("BELL", value)
    assert Environment(tmp_path / "none").redis("BELL") == value


@pytest.mark.parametrize("value", ["secret@cache", "http://secret@cache", "redis://", "redis://secret cache"])
def test_an_address_that_is_none_refuses_to_start_and_keeps_its_password(monkeypatch, tmp_path, value):
    monkeypatch.setenv("BELL", value)
    with pytest.raises(ImproperlyConfigured, match="BELL can't be read; write redis://") as refused:
        Environment(tmp_path / "none").redis("BELL")
    assert "secret" not in str(refused.value)


def test_without_the_package_it_is_said_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("BELL", "redis://cache")
    monkeypatch.setattr("hitl_project.environment.find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install 'hitl\[redis\]'"):
        Environment(tmp_path / "none").redis("BELL")


@contextmanager
def worker(server):
    """Run a real worker on the test's database; it must end cleanly when asked."""
    alone = {
        "DJANGO_SETTINGS_MODULE": "tests.live_settings",
        "HITL_TEST_DATABASE": connection.settings_dict["NAME"],
        "HITL_REDIS_URL": server.url,
        "HITL_WORKERS": "2",
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        cwd=settings.BASE_DIR,
        env=os.environ | alone,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        ended = process.wait(PATIENCE)
    assert ended == 0


def until_done(count, path):
    """Wait until so many words are written, and return them."""
    until(lambda: len(path.read_text().split()) >= count)
    return path.read_text().split()


@pytest.mark.slow
def test_a_real_worker_does_every_task_once_while_redis_is_killed_and_comes_back(
    server, tmp_path, monkeypatch
):
    monkeypatch.setattr(redis_broker, "GRACE", timedelta(seconds=1))
    done = tmp_path / "done"
    done.touch()
    with worker(server):
        for word in ("a", "b", "c"):
            async_task(MARK, str(done), word)
        until_done(3, done)
        server.kill()
        async_task(MARK, str(done), "d")
        until_done(4, done)
        server.start()
        async_task(MARK, str(done), "e")
        until_done(5, done)
        until(lambda: (OrmQ.objects.count(), told(server)) == (0, 0))  # told late of what was found already
    assert sorted(until_done(5, done)) == ["a", "b", "c", "d", "e"]
    assert OrmQ.objects.count() == 0
