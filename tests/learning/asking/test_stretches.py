"""A large pool in stretches: the picks of a small one, scored by whoever is free, resumed after a kill."""

import signal
import threading
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_q.exceptions import TimeoutException
from django_q.models import OrmQ
from django_q.timeout import TimeoutHandler

from learning import plans, retraining, runs, tasks
from learning.asking import batch, choosing, stretches
from learning.asking.scorers import ByModel
from learning.models import PoolChunk, SamplingRun
from learning.sampling.uncertainty import margin_scores
from routing.models import Assignment, Item
from tests.learning import worlds


@pytest.fixture
def small(monkeypatch):
    """Make 40 items a large pool, cut into stretches of 30."""
    monkeypatch.setattr("learning.asking.choosing.LARGEST", 40)
    monkeypatch.setattr("learning.asking.choosing.WIDEST", 1)
    monkeypatch.setattr("learning.asking.stretches.STRETCH", 30)


def world(**plan):
    item_type = worlds.shapes(plan={"strategy": "margin", "random_share": 0.2} | plan)
    worlds.label(worlds.items(item_type, 160))
    retraining.retrain(item_type, trigger="test")
    worlds.items(item_type, 100, seed=1, held_out=0)
    return item_type


def search(item_type):
    return choosing.search(plans.of(item_type), worlds.champion(item_type), size=10)


def begun(item_type, done=1):
    """Return a running run of which so many stretches are done."""
    given = search(item_type)
    scorer = given.scorer()
    run = SamplingRun.objects.create(item_type=item_type, trigger="test", strategy="margin")
    stretches._cut(run, given.waiting, scorer.basis)
    for _ in range(done):
        assert stretches.take(run, given.waiting, scorer)
    return run


@pytest.mark.django_db
def test_the_shortlist_holds_the_best_of_all_stretches(small):
    item_type = world()
    for place, item in enumerate(item_type.items.filter(item_ref__startswith="shape-1-")):
        Item.objects.filter(pk=item.pk).update(payload={"features": [place / 40, 3 - place / 40, 0, 0]})
    given = search(item_type)
    ids, payloads = zip(*given.waiting.values_list("pk", "payload"), strict=True)
    arrays, _ = given.known.arrays(payloads, embeddings=False)
    order = np.argsort(-margin_scores(arrays.probabilities), kind="stable")
    run = SamplingRun.objects.create(item_type=item_type, trigger="test", strategy="margin")
    short = stretches.narrow(run, given.waiting, given.scorer())
    assert short.ids[:20] == [ids[place] for place in order[:20]]
    assert (len(short.drawn), short.count) == (8, 100)


@pytest.mark.django_db
def test_nothing_is_left_of_the_stretches_and_the_random_arm_is_of_the_whole_pool(small):
    item_type = world()
    run = batch.sample(item_type, trigger="test")
    assert (run.status, run.pool_size, PoolChunk.objects.count()) == ("done", 100, 0)
    drawn = [seat.inclusion for seat in Assignment.objects.filter(inclusion__lt=1)]
    assert drawn == [2 / 100, 2 / 100]
    called = [task.task["func"] for task in OrmQ.objects.order_by("pk")]
    assert called == ["routing.tasks.judge_pending", "learning.tasks.score_pool"]


@pytest.mark.django_db
@pytest.mark.parametrize("strategy", ["adaptive", "typical", "k_center", "errors", "vote_entropy"])
@pytest.mark.parametrize("goal", ["fairness", "edge_cases"])
def test_every_kind_of_strategy_and_goal_picks_from_a_large_pool(small, strategy, goal):
    item_type = world(strategy=strategy, goal=goal)
    run = batch.sample(item_type, trigger="test")
    assert (run.status, run.picked, len({one["item_id"] for one in run.suggestions})) == ("done", 10, 10)


@pytest.mark.django_db
def test_without_a_model_a_uniform_sample_of_a_large_pool_is_picked_from(small):
    item_type = worlds.shapes(plan={"strategy": "margin"})
    worlds.items(item_type, 100, held_out=0)
    run = batch.sample(item_type, trigger="test")
    assert (run.strategy, run.picked, run.pool_size) == ("adaptive", 10, 100)


@pytest.mark.django_db
def test_what_is_done_of_a_killed_run_is_not_done_again(small):
    item_type = world()
    killed = begun(item_type, done=2)
    kept = set(killed.chunks.exclude(done_at=None).values_list("pk", "done_at"))
    runs.bury_dead(SamplingRun)
    seen = []

    def narrow(run, waiting, scorer):
        assert stretches._resume(run, scorer.basis)
        seen.append(set(run.chunks.exclude(done_at=None).values_list("pk", "done_at")))
        return stretches.Shortlist([], [], 0)

    run = SamplingRun.objects.create(item_type=item_type, trigger="again", strategy="margin")
    given = search(item_type)
    narrow(run, given.waiting, given.scorer())
    assert seen == [kept]


@pytest.mark.django_db
def test_what_was_scored_by_another_model_is_thrown_away(small):
    item_type = world()
    begun(item_type)
    runs.bury_dead(SamplingRun)
    worlds.label(list(Item.objects.filter(item_type=item_type)[:40]))
    retraining.retrain(item_type, trigger="test")
    run = SamplingRun.objects.create(item_type=item_type, trigger="again", strategy="margin")
    item_type.learning_plan.strategy = "entropy"
    item_type.learning_plan.save()
    assert not stretches._resume(run, search(item_type).scorer().basis)
    assert PoolChunk.objects.count() == 0


@pytest.mark.django_db
def test_a_helper_scores_what_is_left_and_nothing_of_a_run_that_is_to_end(small):
    item_type = world()
    run = begun(item_type)
    assert tasks.score_pool(run.pk) == "3 stretches scored"
    SamplingRun.objects.update(status="failed", finished_at=timezone.now())
    assert tasks.score_pool(run.pk) == f"{run} has ended"


@pytest.mark.django_db(transaction=True)
def test_a_stretch_that_somebody_is_at_is_left_to_them(small):
    item_type = world()
    run = begun(item_type, done=3)
    said = []

    def helper():
        said.append(tasks.score_pool(run.pk))
        connection.close()

    with transaction.atomic():
        PoolChunk.objects.select_for_update().get(done_at=None)
        thread = threading.Thread(target=helper)
        thread.start()
        thread.join()
    assert said == ["0 stretches scored"]


def interrupted(monkeypatch, act):
    """Have this done in the middle of the third stretch."""
    read, seen = ByModel.read, []

    def third(self, items, rng):
        seen.append(1)
        if len(seen) == 3:
            act()
        return read(self, items, rng)

    monkeypatch.setattr(ByModel, "read", third)
    return seen


@pytest.mark.django_db
def test_a_run_that_takes_longer_than_a_task_may_is_gone_on_with_at_once(small, monkeypatch):
    item_type = world()
    seen = interrupted(monkeypatch, lambda: signal.raise_signal(signal.SIGALRM))
    with pytest.raises(TimeoutException), TimeoutHandler(600):
        tasks.sample(item_type.pk, "test")
    late = SamplingRun.objects.get()
    assert (late.status, late.error, late.chunks.filter(done_at=None).count()) == (
        "failed",
        runs.OUT_OF_TIME,
        2,
    )
    assert plans.sampling_due(plans.of(item_type)) == "0 of 10 questions are open"
    assert tasks.sample(item_type.pk, "again").startswith("10 of 100 to learn from")
    assert (len(seen), PoolChunk.objects.count(), Assignment.objects.count()) == (5, 0, 10)


@pytest.mark.django_db
def test_a_run_without_time_for_one_stretch_pauses_like_any_that_failed(small):
    item_type = world()
    run = begun(item_type, done=0)
    SamplingRun.objects.update(status="failed", error=runs.OUT_OF_TIME, finished_at=timezone.now())
    assert (stretches.advanced(run), plans.sampling_due(plans.of(item_type))) == (False, None)


@pytest.mark.django_db
def test_a_run_cancelled_while_it_scores_asks_nobody_and_leaves_no_stretch(small, monkeypatch):
    item_type = world()
    seen = interrupted(monkeypatch, lambda: runs.cancel(SamplingRun.objects.get(), by="user:ada"))
    assert tasks.sample(item_type.pk, "test") == "cancelled by user:ada"
    run = SamplingRun.objects.get()
    assert (run.status, len(seen), Assignment.objects.count()) == ("cancelled", 3, 0)
    assert tasks.score_pool(run.pk) == f"{run} has ended"
    tasks.learn()
    assert PoolChunk.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "left"), [(59, 4), (61, 0)])
def test_what_a_failed_run_scored_is_kept_for_an_hour(small, minutes, left):
    begun(world())
    ended = timezone.now() - timedelta(minutes=minutes)
    SamplingRun.objects.update(status="failed", error=runs.KILLED, finished_at=ended)
    stretches.sweep()
    assert PoolChunk.objects.count() == left
