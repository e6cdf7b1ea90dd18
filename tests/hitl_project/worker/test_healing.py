"""A real worker goes on by itself where its processes are killed, however they were killed."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django_q.models import OrmQ, Success
from django_q.status import Stat
from django_q.tasks import async_task

from hitl_project.worker.healing import Lock
from tests.learning.test_killed_workers import PATIENCE, cluster, until

pytestmark = pytest.mark.django_db(transaction=True)


def alive():
    """Return the one cluster's last sign of life, once it has all its processes."""
    found = [one for one in Stat.get_all() if one.workers and one.monitor]
    return found[0] if found else None


def there(pid):
    """Return whether a process exists."""
    return Path(f"/proc/{pid}").exists()


def works(number):
    """See that a task is done, and that it is done soon."""
    async_task("math.sqrt", number * number)
    until(lambda: Success.objects.filter(func="math.sqrt").count() >= number)


def test_a_worker_goes_on_whichever_of_its_processes_is_killed_and_ends_in_order(tmp_path):
    with cluster(tmp_path / "hold") as worker:
        works(1)
        for pid in [*until(alive).workers, alive().monitor]:
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


def test_a_signal_that_comes_before_the_sentinel_is_there_ends_the_worker_all_the_same():
    asked_early = (
        "import django, os, signal; django.setup()\n"
        "from hitl_project.worker import healing\n"
        "start = healing.Cluster.start\n"
        "healing.Cluster.start = lambda self: (os.kill(os.getpid(), signal.SIGTERM), start(self))\n"
        "healing.run()"
    )
    settings = {
        "DJANGO_SETTINGS_MODULE": "tests.live_settings",
        "HITL_TEST_DATABASE": connection.settings_dict["NAME"],
    }
    worker = subprocess.Popen([sys.executable, "-c", asked_early], env=os.environ | settings)
    try:
        assert worker.wait(PATIENCE / 2) == 0
    finally:
        worker.kill()


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


def test_a_lock_is_free_once_its_holder_was_killed():
    lock = Lock()
    held, told = os.pipe()
    child = os.fork()
    if not child:
        lock.acquire()
        os.write(told, b"1")
        signal.pause()
    os.read(held, 1)
    assert not lock.acquire(block=False)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert lock.acquire(block=False)
