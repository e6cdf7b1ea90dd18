"""A real worker, `manage.py qcluster`, is killed in training: marked, trained again, nothing twice."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django_q.models import OrmQ
from django_q.tasks import async_task

from learning import runs
from learning.models import ModelVersion, TrainingRun
from tests.learning import patient, worlds
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def cluster(hold):
    """Run a worker in a process group of its own; it must stop when asked, unless it was killed."""
    alone = {
        "DJANGO_SETTINGS_MODULE": "tests.live_settings",
        "HITL_TEST_DATABASE": connection.settings_dict["NAME"],
        "HITL_LEARNERS": "patient=tests.learning.patient.Patient",
        "OPENBLAS_NUM_THREADS": "1",
        patient.HOLD: str(hold),
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        cwd=settings.BASE_DIR,
        env=os.environ | alone,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
        if process.poll() is None:
            process.terminate()
            assert process.wait(PATIENCE) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def at_it(hold):
    """Return the id of the process that is in the middle of the training."""
    return int(until(lambda: hold.read_text()))


@pytest.fixture
def hold(tmp_path):
    """Store labels enough to train on, queue the training, and return the file that holds it up."""
    item_type = worlds.shapes(plan={"learner": "patient"})
    worlds.label(worlds.items(item_type, 160))
    async_task("learning.tasks.turn", item_type.pk)
    hold = tmp_path / "hold"
    hold.touch()
    return hold


def trained_once():
    """See that the killed run is marked and the model made by another, and only by that."""
    until(ModelVersion.objects.filter(status="champion").exists)
    until(lambda: not OrmQ.objects.exists())
    said = list(TrainingRun.objects.order_by("pk").values_list("status", "error"))
    assert said == [("failed", runs.KILLED), ("done", "")]
    assert ModelVersion.objects.count() == 1


def test_a_child_that_is_killed_in_training_is_replaced_and_the_model_is_made_once(hold):
    with cluster(hold) as worker:
        os.kill(at_it(hold), signal.SIGKILL)
        hold.unlink()
        trained_once()
        assert worker.poll() is None


def test_the_clock_of_a_new_worker_goes_on_where_a_whole_group_was_killed_in_training(hold):
    with cluster(hold) as worker:
        at_it(hold)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    hold.unlink()
    held = OrmQ.objects.filter(pk=OrmQ.objects.get().pk)
    with cluster(hold):
        async_task("learning.tasks.learn")
        until(ModelVersion.objects.filter(status="champion").exists)
        held.update(lock=Now())  # as once the lease of the killed worker is over
        trained_once()
