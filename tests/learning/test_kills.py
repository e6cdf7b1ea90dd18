"""A worker killed in the middle of each kind of work: nothing half-done is left, and the next one goes on."""

import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings

from learning import retraining, runs, tasks
from learning.models import ModelVersion, PoolChunk, SamplingRun, TrainingRun
from routing.models import Assignment
from tests.learning import worlds
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

STOPS = """
import django, sys, time
django.setup()
from django.conf import settings
from routing.models import ItemType
def stop(*args, **kwargs):
    print("there", flush=True)
    time.sleep(600)
item_type = ItemType.objects.get()
"""
TRAINING = """
from learning.learners import training
from learning import tasks
training.fit = stop
tasks.retrain(item_type.pk, "killed in the middle")
"""
PROMOTION = """
from learning import registry, tasks
registry.async_task = stop  # the last statement of a promotion
tasks.retrain(item_type.pk, "killed in the middle")
"""
SAMPLING = """
from learning import tasks
from learning.asking import batch, choosing, scorers, stretches
choosing.LARGEST, choosing.WIDEST, stretches.STRETCH = 40, 1, 30
read, seen = scorers.ByModel.read, []
def third(self, items, rng):
    seen.append(1)
    return stop() if len(seen) == 3 else read(self, items, rng)
scorers.ByModel.read = third
tasks.sample(item_type.pk, "killed in the middle")
"""
ASKING = """
from learning import tasks
from learning.asking import batch
batch._reorder = stop  # after the seats are written, before the run ends
tasks.sample(item_type.pk, "killed in the middle")
"""


@contextmanager
def killed(kind, work):
    """Kill a process in the middle of this work, and see that its run is marked as failed at once."""
    command = [sys.executable, "-c", STOPS + work]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=worlds.environment(), stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout.readline() == "there\n"
        yield
        worker.kill()
    buried = until(lambda: runs.bury_dead(kind))  # PostgreSQL notices the closed connection
    run = kind.objects.latest("pk")
    assert (buried, run.status, run.error) == (1, "failed", "the worker was killed")


def test_killed_in_training_there_is_no_model_and_the_next_run_makes_one():
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 160))
    with killed(TrainingRun, TRAINING):
        assert tasks.retrain(item_type.pk, "beside it") == "a training run is at work already"
    assert ModelVersion.objects.count() == 0
    assert "was promoted" in tasks.retrain(item_type.pk, "again")


def test_killed_in_promotion_nothing_in_force_changes_and_the_next_run_promotes():
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 160))
    retraining.retrain(item_type, trigger="first")
    ModelVersion.objects.update(status="retired")
    with killed(TrainingRun, PROMOTION):
        pass
    assert list(ModelVersion.objects.values_list("number", "status")) == [(1, "retired")]
    assert "shapes@2 was promoted" in tasks.retrain(item_type.pk, "again")


def test_killed_in_scoring_a_large_pool_the_next_run_goes_on_from_what_was_done(monkeypatch):
    for name, value in (("choosing.LARGEST", 40), ("choosing.WIDEST", 1), ("stretches.STRETCH", 30)):
        monkeypatch.setattr(f"learning.asking.{name}", value)
    item_type = worlds.shapes(plan={"strategy": "margin"})
    worlds.label(worlds.items(item_type, 160))
    retraining.retrain(item_type, trigger="test")
    worlds.items(item_type, 100, seed=1, held_out=0)
    with killed(SamplingRun, SAMPLING):
        assert tasks.sample(item_type.pk, "beside it") == "a sampling run is at work already"
    done = PoolChunk.objects.filter(done_at__isnull=False)
    assert (done.count(), PoolChunk.objects.count(), Assignment.objects.count()) == (2, 4, 0)
    scored = []
    take = tasks.batch.stretches.take
    monkeypatch.setattr("learning.asking.stretches.take", lambda *given: scored.append(1) or take(*given))
    assert tasks.sample(item_type.pk, "again").startswith("10 of 100 to learn from")
    assert (len(scored), PoolChunk.objects.count(), Assignment.objects.count()) == (2, 0, 10)


def test_killed_in_asking_nobody_is_asked_and_the_next_run_asks():
    item_type = worlds.shapes()
    worlds.items(item_type, 30, held_out=0)
    with killed(SamplingRun, ASKING):
        pass
    assert Assignment.objects.count() == 0
    tasks.sample(item_type.pk, "again")
    assert Assignment.objects.count() == 10
