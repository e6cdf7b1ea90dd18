"""A real worker goes on by itself where its processes are killed, however they were killed."""

import multiprocessing
import os
import signal
import time
from datetime import timedelta
from types import SimpleNamespace

import psutil
import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django_q.models import OrmQ, Success
from django_q.status import Stat
from django_q.tasks import async_task

from hitl_project.worker import healing
from hitl_project.worker.shared import Flag
from tests.learning.test_killed_workers import cluster
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.django_db(transaction=True)


def alive():
    """Return the one cluster's last sign of life, once it has all its processes."""
    found = [one for one in Stat.get_all() if one.workers and one.monitor]
    return found[0] if found else None


def there(pid):
    """Return whether a process lives; one that has ended may stay in the list until its parent looks."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def works(number):
    """See that a task is done, and that it is done soon."""
    async_task("math.sqrt", number * number)
    until(lambda: Success.objects.filter(func="math.sqrt").count() >= number)


def test_a_worker_goes_on_whichever_of_its_processes_is_killed_and_ends_in_order(tmp_path):
    async_task("math.floor", 0)
    queued = timezone.now()
    with cluster(tmp_path / "hold") as worker:
        works(1)
        assert Success.objects.earliest("started").started > queued  # that it waited is no work
        first = until(alive)
        for pid in [*first.workers, first.monitor]:
            os.kill(pid, signal.SIGKILL)
        works(2)
        before = until(lambda: (now := alive()) and all(map(there, now.workers)) and now)
        os.kill(before.sentinel, signal.SIGKILL)
        until(lambda: (now := alive()) and now.sentinel != before.sentinel)
        works(3)
        until(lambda: not any(map(there, before.workers)))
        assert worker.poll() is None
        os.killpg(worker.pid, signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0


@pytest.fixture
def begun(tmp_path):
    """Queue a task that is held up, and return a function that tells who has begun it so far."""
    for name in ("begun", "hold"):
        (tmp_path / name).touch()
    async_task("tests.hitl_project.worker.held.work", tmp_path)
    return lambda: [int(line) for line in (tmp_path / "begun").read_text().splitlines()]


@pytest.mark.parametrize(("hears", "ended_with"), [(True, 0), (False, -signal.SIGKILL)])
def test_a_worker_that_is_to_end_tells_its_sentinel_and_kills_one_that_hangs(monkeypatch, hears, ended_with):
    monkeypatch.setattr(healing.Cluster, "ending", True)
    monkeypatch.setattr(healing, "LOOK", 0.01)
    monkeypatch.setattr(healing, "HUNG", 60 if hears else 0.2)
    healing.Sentinel.last_round.value = time.monotonic()
    stop = Flag()
    sentinel = multiprocessing.get_context("fork").Process(
        target=stop.wait if hears else time.sleep, args=[30]
    )
    sentinel.start()
    healing._watch(SimpleNamespace(sentinel=sentinel, stop_event=stop))
    assert sentinel.exitcode == ended_with


def seconds_left():
    return OrmQ.objects.annotate(left=F("lock") - Now()).get().left.total_seconds()


def test_a_task_is_begun_again_where_its_child_and_then_its_worker_is_killed(tmp_path, begun):
    with cluster(tmp_path / "none") as first:
        os.kill(until(begun)[0], signal.SIGKILL)
        until(lambda: len(begun()) == 2)  # at once
        OrmQ.objects.update(lock=Now() + timedelta(seconds=60))
        until(lambda: seconds_left() > 120)  # it is kept; the second time its lease is twice as long
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        until(lambda: not there(begun()[1]))
    assert 120 < seconds_left() <= 180
    OrmQ.objects.update(lock=Now())  # as once that is over
    with cluster(tmp_path / "none"):
        until(lambda: len(begun()) == 3)
        (tmp_path / "hold").unlink()
        until(lambda: not OrmQ.objects.exists())
    assert (len(begun()), Success.objects.count()) == (3, 1)
