"""What the worker does for learning: train, ask people, and see by the clock what is due."""

from __future__ import annotations

from django_q.tasks import async_task

from learning import plans, retraining, runs, succession
from learning.asking import batch, expiring, stretches
from learning.drift import acting, asking, looking
from learning.external import backends, exams, trainers, verdicts
from learning.models import DriftReport, ModelVersion, Run, SamplingRun, Trainer, TrainingRun
from learning.proving import measure
from routing.models import ItemType

SCHEDULES = [
    ("look for drift", "learning.tasks.look_for_drift", "*/10 * * * *"),
    ("learn", "learning.tasks.learn", "* * * * *"),
    ("compare chosen labels with random ones", "learning.tasks.prove", "*/10 * * * *"),
    ("let models answer unseen", "learning.tasks.shadow", "* * * * *"),
    ("judge finished exams", "learning.tasks.judge_exams", "*/10 * * * *"),
]


def retrain(item_type_id: int, trigger: str) -> str:
    """Train a model of the item type, or tell who trains it elsewhere, and say what came of it.

    A second one at the same time does nothing.
    """
    item_type = ItemType.objects.get(pk=item_type_id)
    plan = plans.of(item_type)
    if plan.trainer == Trainer.EXTERNAL:
        run = trainers.call(plan, trigger=trigger)
    else:
        run = retraining.retrain(item_type, trigger=trigger)
    return run.progress if run else "a training run is at work already"


def sample(item_type_id: int, trigger: str) -> str:
    """Ask people for the labels that would teach the most, and say for how many."""
    item_type = ItemType.objects.select_related("queue").get(pk=item_type_id)
    run = batch.sample(item_type, trigger=trigger)
    return run.progress if run else "a sampling run is at work already"


def ask_backend(item_type_id: int) -> str:
    """Ask the item type's ML backend about what waits, and say what came of it.

    Queued with each post of items without a prediction, and each minute with what is still waiting.
    """
    return backends.ask(ItemType.objects.get(pk=item_type_id))


def judge_exams() -> int:
    """Start the judging of each external trainer's model that has no question left; return how many."""
    return exams.judge_complete()


def judge_exam(version_id: int) -> str:
    """Judge an external trainer's model that has answered every question of its exam, and say the verdict."""
    return verdicts.judge(ModelVersion.objects.select_related("item_type").get(pk=version_id))


def score_pool(run_id: int) -> str:
    """Help a sampling run to score a large pool; where it needs no help any more, nothing is done."""
    run = SamplingRun.objects.select_related("item_type__queue").get(pk=run_id)
    if run.status != Run.Status.RUNNING:
        return f"{run} has ended"
    return f"{batch.help_score(run)} stretches scored"


def learn() -> str:
    """Mark killed runs as failed, take back questions that ran out, and start what the plans say is due.

    Each item type is a task of its own.
    """
    killed = runs.bury_dead(TrainingRun) + runs.bury_dead(SamplingRun)
    stretches.sweep()
    expired = expiring.expire()
    due = [plan for plan in plans.active() if plans.training_due(plan) or plans.sampling_due(plan)]
    for plan in due:
        async_task("learning.tasks.turn", plan.item_type_id)
    return f"{killed} killed runs, {expired} questions ran out, {len(due)} item types due"


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


def shadow() -> int:
    """Start a task for each item type with a model in the shadow or in line for it, and return how many."""
    found = succession.busy()
    for item_type in found:
        async_task("learning.tasks.shadow_of", item_type)
    return len(found)


def shadow_of(item_type_id: int) -> str:
    """Let the models in the shadow of one champion answer, act on what is proven, and say what was done."""
    return succession.step(ItemType.objects.get(pk=item_type_id))


def tell_of_roll_back(version_id: int) -> int:
    """Tell leads by e-mail that this model was rolled back and return how many leads."""
    return succession.tell_leads(ModelVersion.objects.select_related("item_type").get(pk=version_id))


def prove() -> int:
    """Start a task for each item type with enough new answers to compare the arms by, and return how many."""
    due = [plan.item_type_id for plan in plans.active() if measure.due(plan)]
    for item_type in due:
        async_task("learning.tasks.prove_of", item_type)
    return len(due)


def prove_of(item_type_id: int) -> str:
    """Compare chosen with random labels and say what came of it; queued twice, it finds nothing to do."""
    plan = plans.active().filter(item_type=item_type_id).first()
    if plan is None or not measure.due(plan):
        return "nothing to compare"
    proof = measure.prove(plan.item_type)
    return f"{proof}: {proof.get_verdict_display()}" if proof else "another comparison was quicker"


def look_for_drift() -> int:
    """Start a look at what arrives for each item type that is due for one, and return how many."""
    found = [one.pk for one in ItemType.objects.order_by("pk") if looking.due(one)]
    for item_type in found:
        async_task("learning.tasks.look_for_drift_of", item_type)
    return len(found)


def look_for_drift_of(item_type_id: int) -> str:
    """Compare what arrives with what was there, act as the plan says, and say what was found."""
    report = looking.look(ItemType.objects.select_related("queue").get(pk=item_type_id))
    if report is None:
        return "nothing new to look at"
    return "; ".join(report.reasons) or "no drift"


def ask_about_drift(report_id: int) -> str:
    """Ask people about what the model decided alone while what arrives drifted, and say for how many."""
    run = asking.ask(DriftReport.objects.select_related("item_type__queue").get(pk=report_id))
    return run.progress if run else "what waits is picked from"


def tell_of_drift(report_id: int) -> int:
    """Tell leads by e-mail of a report of drift and return how many leads."""
    return acting.tell(DriftReport.objects.select_related("item_type").get(pk=report_id))
