"""What is due by a plan: counted from what the last training saw, never by a remainder."""

from datetime import timedelta

import pytest
from django.utils import timezone

from learning import plans
from learning.asking import batch
from learning.models import DriftReport, SamplingRun, TrainingRun
from routing.models import Assignment
from tests.learning import worlds

pytestmark = pytest.mark.django_db


def test_an_item_type_without_a_plan_has_the_defaults_and_nothing_is_stored():
    item_type = worlds.shapes()
    item_type.learning_plan.delete()
    assert (plans.of(item_type).retrain_after, list(plans.active())) == (50, [])


def test_training_is_due_when_enough_labels_came_since_the_last_run():
    plan = plans.of(item_type := worlds.shapes(plan={"retrain_after": 5}))
    items = worlds.items(item_type, 12)
    labels = worlds.label(items[:6])
    _ran(item_type, last_label=max(label.pk for label in labels))
    worlds.label(items[6:10])
    assert plans.training_due(plan) is None
    worlds.label(items[10:])
    assert plans.training_due(plan) == "6 new labels"


def test_after_one_kill_training_goes_on_and_after_a_failure_it_pauses():
    plan = plans.of(item_type := worlds.shapes(plan={"retrain_after": 2}))
    worlds.label(worlds.items(item_type, 3))
    _ran(item_type, status="failed", error="the worker was killed")
    assert plans.training_due(plan) == "3 new labels"
    _ran(item_type, status="failed", error="ValueError: broken")
    assert plans.training_due(plan) is None


def test_after_two_kills_in_a_row_training_pauses():
    plan = plans.of(item_type := worlds.shapes(plan={"retrain_after": 2}))
    worlds.label(worlds.items(item_type, 3))
    for _ in range(2):
        _ran(item_type, status="failed", error="the worker was killed")
    assert plans.training_due(plan) is None
    assert list(plans.failing(TrainingRun)) == [item_type]


def test_two_kills_are_forgotten_once_a_run_ends():
    item_type = worlds.shapes()
    for _ in range(2):
        _ran(item_type, status="failed", error="the worker was killed")
    _ran(item_type)
    assert list(plans.failing(TrainingRun)) == []


def test_after_a_failure_asking_pauses_too():
    plan = plans.of(item_type := worlds.shapes())
    worlds.items(item_type, 4, held_out=0)
    _ran(item_type, kind=SamplingRun, status="failed", error="ValueError: broken", ago=timedelta(hours=1))
    assert plans.sampling_due(plan) == "0 of 10 questions are open"
    _ran(item_type, kind=SamplingRun, status="failed", error="ValueError: broken")
    assert plans.sampling_due(plan) is None


def test_a_failure_is_tried_again_after_the_pause():
    plan = plans.of(item_type := worlds.shapes(plan={"retrain_after": 2}))
    worlds.label(worlds.items(item_type, 3))
    _ran(item_type, status="failed", error="ValueError: broken", ago=timedelta(hours=1))
    assert plans.training_due(plan) == "3 new labels"


def test_nobody_is_asked_while_nothing_is_left_to_ask_about():
    plan = plans.of(item_type := worlds.shapes())
    assert plans.sampling_due(plan) is None
    worlds.items(item_type, 4, held_out=0)
    assert plans.sampling_due(plan) == "0 of 10 questions are open"


def test_a_plan_that_is_off_or_of_another_kind_is_not_worked_by():
    worlds.shapes("on")
    worlds.shapes("off", plan={"active": False})
    worlds.shapes("many", multilabel=True)
    assert [plan.item_type.slug for plan in plans.active()] == ["on"]


def test_after_a_cancel_the_clock_waits_an_hour():
    plan = plans.of(item_type := worlds.shapes(plan={"retrain_after": 2}))
    worlds.label(worlds.items(item_type, 3))
    _ran(item_type, status="cancelled", ago=timedelta(minutes=59))
    assert plans.training_due(plan) is None
    TrainingRun.objects.update(finished_at=timezone.now() - timedelta(minutes=61))
    assert plans.training_due(plan) == "3 new labels"


def test_by_the_calendar_training_is_due_when_the_last_is_old_and_any_label_is_new():
    plan = plans.of(item_type := worlds.shapes(plan={"retrain_days": 7}))
    labels = worlds.label(worlds.items(item_type, 3))
    _ran(item_type, last_label=labels[-1].pk, ago=timedelta(days=8))
    assert plans.training_due(plan) is None
    worlds.label(worlds.items(item_type, 1, seed=1))
    assert plans.training_due(plan) == "the last training is 8 days old"
    _ran(item_type, last_label=labels[-1].pk, ago=timedelta(days=6))
    assert plans.training_due(plan) is None


@pytest.mark.parametrize(("retrains", "due"), [(True, "drift: texts are longer"), (False, None)])
def test_drift_is_answered_by_one_training_where_the_plan_says_so(retrains, due):
    plan = plans.of(item_type := worlds.shapes(plan={"drift_retrains": retrains}))
    _drifted(item_type)
    assert plans.training_due(plan) is None
    labels = worlds.label(worlds.items(item_type, 1))
    assert plans.training_due(plan) == due
    _ran(item_type, last_label=labels[0].pk)
    worlds.label(worlds.items(item_type, 1, seed=1))
    assert plans.training_due(plan) is None


def test_drift_is_answered_by_one_pick_from_what_arrived_then():
    item_type = worlds.shapes(plan={"random_share": 0.0, "batch_size": 5})
    worlds.items(item_type, 40, held_out=0)
    batch.sample(item_type, trigger="before")
    late = worlds.items(item_type, 8, seed=1, held_out=0)
    assert plans.sampling_due(plan := plans.of(item_type)) is None
    _drifted(item_type, window=8)
    assert plans.sampling_due(plan) == "drift: texts are longer"
    run = batch.sample(item_type, trigger="drift")
    assert {one["item_ref"] for one in run.suggestions} <= {item.item_ref for item in late}
    assert plans.sampling_due(plan) is None
    _drifted(item_type, window=8)  # the next day
    assert plans.sampling_due(plan) is None  # while what was asked about it is open


def test_no_more_is_asked_than_the_budget_has_left():
    item_type = worlds.shapes(plan={"label_budget": 12, "batch_size": 10})
    worlds.label(worlds.items(item_type, 4, seed=1, held_out=0))
    worlds.items(item_type, 40, held_out=0)
    plan = plans.of(item_type)
    assert (plans.left(plan), batch.sample(item_type, trigger="test").picked, plans.left(plan)) == (8, 8, 0)
    assert plans.sampling_due(plan) is None
    Assignment.objects.all().delete()
    assert plans.sampling_due(plan) == "0 of 10 questions are open"


def test_who_judges_takes_half_of_a_small_budget_as_a_uniform_sample():
    item_type = worlds.shapes(plan={"label_budget": 11, "batch_size": 10})
    items = worlds.items(item_type, 80, held_out=0.5)
    batch.sample(item_type, trigger="test")
    held = sorted(item.audit_draw for item in items if item.held_out)
    judges = Assignment.objects.filter(item__held_out=True)
    assert sorted(judges.values_list("item__audit_draw", flat=True)) == held[:5]
    assert set(judges.values_list("inclusion", flat=True)) == {held[5]}
    assert Assignment.objects.count() == 11


def _drifted(item_type, window=200):
    DriftReport.objects.create(
        item_type=item_type, window=window, found={}, drifted=True, reasons=["texts are longer"]
    )


def _ran(item_type, *, kind=TrainingRun, status="done", ago=timedelta(0), **fields):
    when = timezone.now() - ago
    kind.objects.create(
        item_type=item_type, status=status, trigger="test", started_at=when, finished_at=when, **fields
    )
