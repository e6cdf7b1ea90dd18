"""What the worker does for learning: train, ask people, and see by the clock what is due."""

from __future__ import annotations

from django_q.tasks import async_task

from learning import plans, retraining, runs
from learning.asking import batch
from learning.models import SamplingRun, TrainingRun
from routing.models import ItemType

SCHEDULES = [("learn", "learning.tasks.learn", "* * * * *")]


def retrain(item_type_id: int, trigger: str) -> str:
    """Train a model of the item type and say what came of it; a second one at the same time does nothing."""
    run = retraining.retrain(ItemType.objects.get(pk=item_type_id), trigger=trigger)
    return run.progress if run else "a training run is at work already"


def sample(item_type_id: int, trigger: str) -> str:
    """Ask people for the labels that would teach the most, and say for how many."""
    item_type = ItemType.objects.select_related("queue").get(pk=item_type_id)
    run = batch.sample(item_type, trigger=trigger)
    return run.progress if run else "a sampling run is at work already"


def learn() -> str:
    """Mark killed runs as failed and start what the plans say is due; each item type is a task of its own."""
    killed = runs.bury_dead(TrainingRun) + runs.bury_dead(SamplingRun)
    due = [plan for plan in plans.active() if plans.training_due(plan) or plans.sampling_due(plan)]
    for plan in due:
        async_task("learning.tasks.turn", plan.item_type_id)
    return f"{killed} killed runs, {len(due)} item types due"


def turn(item_type_id: int) -> str:
    """Do for one item type what is due by now, and say what: a task queued twice finds nothing to do."""
    plan = plans.active().filter(item_type=item_type_id).first()
    if plan is None:
        return "there is no active plan"
    said = []
    if why := plans.training_due(plan):
        said.append(retrain(item_type_id, why))
    if why := plans.sampling_due(plan):
        said.append(sample(item_type_id, why))
    return "; ".join(said)
