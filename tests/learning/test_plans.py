"""What is due by a plan: counted from what the last training saw, never by a remainder."""

from datetime import timedelta

import pytest
from django.utils import timezone

from learning import plans
from learning.models import SamplingRun, TrainingRun
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


def test_after_a_failure_training_pauses_but_not_after_a_kill():
    plan = plans.of(item_type := worlds.shapes(plan={"retrain_after": 2}))
    worlds.label(worlds.items(item_type, 3))
    _ran(item_type, status="failed", error="ValueError: broken")
    assert plans.training_due(plan) is None
    _ran(item_type, status="failed", error="the worker was killed")
    assert plans.training_due(plan) == "3 new labels"


def test_after_two_kills_in_a_row_training_pauses():
    plan = plans.of(item_type := worlds.shapes(plan={"retrain_after": 2}))
    worlds.label(worlds.items(item_type, 3))
    for _ in range(2):
        _ran(item_type, status="failed", error="the worker was killed")
    assert plans.training_due(plan) is None
    assert list(plans.killed_twice(TrainingRun)) == [item_type]


def test_two_kills_are_forgotten_once_a_run_ends():
    item_type = worlds.shapes()
    for _ in range(2):
        _ran(item_type, status="failed", error="the worker was killed")
    _ran(item_type)
    assert list(plans.killed_twice(TrainingRun)) == []


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


def _ran(item_type, *, kind=TrainingRun, status="done", ago=timedelta(0), **fields):
    when = timezone.now() - ago
    kind.objects.create(
        item_type=item_type, status=status, trigger="test", started_at=when, finished_at=when, **fields
    )
