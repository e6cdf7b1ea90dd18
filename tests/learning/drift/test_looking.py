"""Looks at what arrives: when they are taken, what they compare, what they find and keep."""

import pytest
from django_q.models import OrmQ

from audit.models import AuditEvent
from learning import retraining, tasks
from learning.drift import looking, reading
from learning.models import DriftReport
from tests.learning import worlds
from tests.learning.drift import streams
from tests.statements import counted

pytestmark = pytest.mark.django_db


def test_a_first_look_waits_for_four_hundred_decisions():
    made = streams.item_type()
    assert (looking.due(made), looking.look(made)) == (False, None)
    streams.submit(399, seed=1)
    assert looking.due(made) is False
    streams.submit(1, seed=2)
    assert looking.due(made) is True


def test_a_steady_stream_of_a_clients_model_has_not_drifted():
    made = streams.item_type()
    streams.submit(450, seed=1)
    report = looking.look(made)
    assert (report.drifted, report.reasons, report.acted) == (False, [], [])
    assert (report.model, report.model_version, report.window) == ("clf@1", None, 200)
    assert [one["test"] for one in report.found["tests"]] == ["scores", "answers", "inputs", "fields"]
    assert AuditEvent.objects.filter(verb__startswith="drift").count() == 0


def test_another_world_is_found_and_named():
    report = looking.look(streams.drifted())
    assert {one["test"] for one in report.found["tests"] if one["drifted"]} == {"inputs", "answers"}
    titles = sorted(one.partition(":")[0] for one in report.reasons)
    assert titles == ["Inputs as a whole", "What the model answers"]
    assert AuditEvent.objects.get(verb="drift.found").data["reasons"] == report.reasons


def test_the_plans_slices_are_looked_at_field_by_field():
    report = looking.look(streams.drifted({"slices": ["context.country"]}))
    report.refresh_from_db()
    fields = next(one for one in report.found["tests"] if one["test"] == "fields")
    moved = {one["name"]: one for one in fields["picture"]["fields"]}["context.country"]
    assert (moved["names"], moved["then"], moved["now"]) == (["at", "de"], [0, 1], [1, 0])


def test_it_is_looked_once_a_day_and_only_at_something_new():
    made = streams.drifted()
    first = looking.look(made)
    streams.submit(50, seed=3, moved=True)
    assert looking.look(made) is None
    second = looking.look(made, now=streams.later())
    assert (second.pk > first.pk, second.drifted) == (True, True)
    assert looking.look(made, now=streams.later(hours=50)) is None
    assert AuditEvent.objects.filter(verb="drift.found").count() == 1


def test_drift_that_has_ended_is_told_in_the_trail():
    made = streams.item_type()
    streams.submit(450, seed=1)
    report = DriftReport(item_type=made, model="clf@1", window=200, found={"tests": []}, drifted=True)
    report.created_at = streams.later(hours=-25)
    report.save()
    assert looking.look(made).drifted is False
    assert AuditEvent.objects.get(verb="drift.ended").data["model"] == "clf@1"


def test_a_new_model_is_compared_with_its_own_first_decisions():
    made = streams.drifted()
    looking.look(made)
    streams.submit(399, seed=4, moved=True, model="clf@2")
    assert looking.due(made, now=streams.later()) is False
    streams.submit(1, seed=5, moved=True, model="clf@2")
    assert looking.look(made) is None  # a look a day, whichever model is in use
    report = looking.look(made, now=streams.later())
    assert (report.model, report.drifted) == ("clf@2", False)


def test_inputs_are_compared_with_what_the_champion_was_trained_among():
    made = worlds.shapes(held_out_share=0.5)
    worlds.label(worlds.items(made, 600, held_out=0.5))
    retraining.retrain(made, trigger="test")
    version = worlds.champion(made)
    live = worlds.items(made, 420, seed=1, status="pending_ai", held_out=0)
    tasks_done = streams.judge(made)
    report = looking.look(made)
    inputs = next(one for one in report.found["tests"] if one["test"] == "inputs")
    assert (tasks_done, len(live), report.model_version) == (420, 420, version)
    assert (report.found["learnt"], inputs["then"], report.drifted) == (True, 300, False)


def test_a_look_costs_the_same_statements_however_many_decisions():
    made = streams.item_type({})
    streams.submit(400, seed=1)
    looking.look(made)
    streams.submit(300, seed=3)
    with counted(most=4) as few:
        reading.rows(made.learning_plan, "clf@1", None)
    streams.submit(300, seed=4)
    with counted(most=4) as many:
        reading.rows(made.learning_plan, "clf@1", None)
    assert len(few) == len(many)


def test_the_clock_starts_a_look_where_one_is_due():
    made = streams.drifted()
    assert tasks.look_for_drift() == 1
    assert OrmQ.objects.get().task["func"] == "learning.tasks.look_for_drift_of"
    assert tasks.look_for_drift_of(made.pk).startswith(DriftReport.objects.get().reasons[0])
    assert (tasks.look_for_drift(), tasks.look_for_drift_of(made.pk)) == (0, "nothing new to look at")
