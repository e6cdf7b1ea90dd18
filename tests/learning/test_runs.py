"""Runs: one at a time, failures kept with their reason, and a dead one found out at once."""

import threading

import pytest
from django.db import connection, transaction

from audit.models import AuditEvent
from learning import runs
from learning.models import TrainingRun
from tests.learning import worlds


@pytest.mark.django_db
def test_what_fails_is_kept_with_its_reason_and_goes_on():
    item_type = worlds.shapes()
    with pytest.raises(ZeroDivisionError), runs.recorded(TrainingRun, item_type, trigger="test"):
        raise ZeroDivisionError("division by zero")
    run = TrainingRun.objects.get()
    assert (run.status, run.error) == ("failed", "ZeroDivisionError: division by zero")


@pytest.mark.django_db
def test_a_run_left_by_a_dead_process_is_marked_and_the_next_one_starts():
    item_type = worlds.shapes()
    dead = TrainingRun.objects.create(item_type=item_type, trigger="before the crash")
    with runs.recorded(TrainingRun, item_type, trigger="after") as run:
        runs.finish(run, "done")
    dead.refresh_from_db()
    assert (dead.status, dead.error, run.status) == ("failed", "the worker was killed", "done")


@pytest.mark.django_db
def test_a_run_that_another_process_ended_can_not_finish():
    item_type = worlds.shapes()
    with runs.recorded(TrainingRun, item_type, trigger="test") as run:
        TrainingRun.objects.update(status="failed", finished_at=run.started_at, error="ended by hand")
        with pytest.raises(runs.RunLost):
            runs.finish(run, "done")
    assert TrainingRun.objects.get().error == "ended by hand"


@pytest.mark.django_db(transaction=True)
def test_a_second_run_at_the_same_time_does_not_start():
    item_type, found = worlds.shapes(), []

    def second():
        with runs.recorded(TrainingRun, item_type, trigger="second") as run:
            found.append(run)
        connection.close()

    with runs.recorded(TrainingRun, item_type, trigger="first") as run:
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
        runs.finish(run, "done")
    assert (found, TrainingRun.objects.get().status) == ([None], "done")


@pytest.mark.django_db(transaction=True)
def test_a_slow_run_is_not_taken_for_a_dead_one():
    item_type, buried = worlds.shapes(), []

    def clock():
        buried.append(runs.bury_dead(TrainingRun))
        connection.close()

    with runs.recorded(TrainingRun, item_type, trigger="slow") as run:
        thread = threading.Thread(target=clock)
        thread.start()
        thread.join()
        runs.finish(run, "done")
    assert (buried, TrainingRun.objects.get().status) == ([0], "done")


@pytest.mark.django_db
def test_a_cancelled_run_ends_when_it_next_says_what_it_does():
    item_type = worlds.shapes()
    with runs.recorded(TrainingRun, item_type, trigger="test") as run:
        runs.say(run, "training", 0.5)
        runs.cancel(TrainingRun.objects.get(), by="user:ada")
        runs.say(run, "judging", 0.7)
    kept = TrainingRun.objects.get()
    assert (kept.status, kept.progress, kept.done_share) == ("cancelled", "cancelled by user:ada", 0.5)
    assert run.status == "cancelled"


@pytest.mark.django_db
def test_a_run_cancelled_at_the_last_moment_stores_nothing():
    item_type = worlds.shapes()
    with runs.recorded(TrainingRun, item_type, trigger="test") as run:
        runs.cancel(TrainingRun.objects.get(), by="user:ada")
        with transaction.atomic():
            worlds.items(item_type, 3)
            runs.finish(run, "done")
    assert (TrainingRun.objects.get().status, item_type.items.count()) == ("cancelled", 0)


@pytest.mark.django_db
def test_a_run_that_was_cancelled_and_killed_ends_as_cancelled():
    item_type = worlds.shapes()
    run = runs.cancel(TrainingRun.objects.create(item_type=item_type, trigger="test"), by="user:ada")
    assert runs.bury_dead(TrainingRun) == 1
    run.refresh_from_db()
    assert (run.status, run.progress, run.error) == ("cancelled", "cancelled by user:ada", "")


@pytest.mark.django_db
def test_who_cancels_first_stands_in_the_trail_and_what_has_ended_can_not_be_cancelled():
    item_type = worlds.shapes()
    with runs.recorded(TrainingRun, item_type, trigger="test") as run:
        runs.cancel(TrainingRun.objects.get(), by="user:ada")
        runs.cancel(TrainingRun.objects.get(), by="user:bob")
        runs.say(run, "training", 0.5)
    event = AuditEvent.objects.get(verb="trainingrun.cancel_asked")
    assert (event.actor, event.subject_id) == ("user:ada", str(run.pk))
    with pytest.raises(runs.RunEnded):
        runs.cancel(TrainingRun.objects.get(), by="user:ada")
