"""What is done about drift: people asked, training due, automation stopped and lifted, leads told."""

import pytest
from django.core import mail
from django_q.models import OrmQ

from learning import plans, tasks
from learning.drift import asking, looking
from learning.models import DriftReport, SamplingRun, TrainingRun
from routing import policies
from routing.models import Assignment, Policy
from routing.policies import stops
from tests import factories
from tests.learning import worlds
from tests.learning.drift import streams

pytestmark = pytest.mark.django_db
NOTHING = {"drift_samples": False, "drift_retrains": False}


def queued() -> list[str]:
    return [one.task["func"].removeprefix("learning.tasks.") for one in OrmQ.objects.order_by("id")]


@pytest.mark.parametrize("plan", [None, {"active": False, "drift_tightens": True}, NOTHING])
def test_without_a_plan_that_asks_for_more_leads_are_told_alone(plan):
    report = looking.look(streams.drifted(plan))
    assert (report.drifted, report.acted, queued()) == (True, [], ["tell_of_drift"])


def test_automation_is_stopped_at_once_and_a_person_lifts_it():
    made = streams.drifted({**NOTHING, "drift_tightens": True}, auto_approve=0.9)
    assert factories.submit(0.99, to="mail").status == "approved"
    report = looking.look(made)
    assert report.acted == ["nothing is approved automatically until somebody lifts it"]
    policy = policies.latest(made)
    assert (policy.pure.automate, policy.published_by) == (False, "system:learning")
    assert policy.evidence == {"drift": report.pk, "reasons": report.reasons, "stopped": True}
    assert factories.submit(0.99, to="mail").status == "pending_human"
    assert stops.stopped() == [policy]
    policies.put_forward(made, reason="new mails are fine", by=factories.person("ada"))
    assert (stops.stopped(), factories.submit(0.99, to="mail").status) == ([], "approved")


def test_while_drift_lasts_what_a_person_lifted_stays_lifted_and_leads_are_told_once():
    made = streams.drifted({**NOTHING, "drift_tightens": True})
    looking.look(made)
    policies.put_forward(made, reason="new mails are fine", by=factories.person("ada"))
    streams.submit(60, seed=3, moved=True)
    report = looking.look(made, now=streams.later())
    assert (report.drifted, report.acted, stops.stopped()) == (True, [], [])
    assert queued() == ["tell_of_drift"]


def test_drift_that_comes_and_goes_within_a_week_is_told_once_and_lifted_once():
    made = streams.drifted({**NOTHING, "drift_tightens": True})
    looking.look(made)
    policies.put_forward(made, reason="new mails are fine", by=factories.person("ada"))
    quiet = {"model": "clf@1", "window": 200, "found": {"tests": []}, "created_at": streams.later(seconds=0)}
    DriftReport.objects.create(item_type=made, **quiet)
    streams.submit(60, seed=3, moved=True)
    report = looking.look(made, now=streams.later())
    assert (report.drifted, report.acted, queued()) == (True, [], ["tell_of_drift"])


def test_where_nothing_is_automated_there_is_nothing_to_stop():
    made = streams.drifted({**NOTHING, "drift_tightens": True}, automate=False)
    looking.look(made)
    assert Policy.objects.filter(item_type=made).count() == 1


def test_people_are_asked_blind_about_what_was_automated_lately():
    made = streams.drifted({"batch_size": 10}, auto_approve=0.8)
    report = looking.look(made)
    assert report.acted[0] == "people are asked about up to 10 of the items that arrive now"
    assert queued() == ["ask_about_drift", "tell_of_drift"]
    said = tasks.ask_about_drift(report.pk)
    seats = Assignment.objects.filter(purpose="learn").select_related("item")
    assert (len(seats), {seat.blind for seat in seats}) == (10, {True})
    assert {(one.item.decided_by, one.item.held_out, one.item.context["country"]) for one in seats} == {
        ("system:router", False, "at")
    }
    run = SamplingRun.objects.get()
    assert (run.strategy, run.picked, run.trigger) == ("drift", 10, f"drift: {report.reasons[0]}"[:100])
    assert (said, seats[0].inclusion) == (run.progress, 10 / run.pool_size)
    assert plans.unanswered_drift(made, SamplingRun) is None


def test_no_more_is_asked_than_the_budget_has_left():
    made = streams.drifted({"batch_size": 10, "label_budget": 4}, auto_approve=0.8)
    run = asking.ask(looking.look(made))
    assert (run.picked, asking.ask(DriftReport.objects.get())) == (4, None)


def test_no_more_is_asked_day_by_day_than_people_answer():
    made = streams.drifted({"batch_size": 10}, auto_approve=0.8)
    report = looking.look(made)
    assert [asking.ask(report).picked, asking.ask(report).picked, asking.ask(report)] == [10, 10, None]
    Assignment.objects.filter(purpose="learn").update(outcome="withdrawn", closed_at=streams.later())
    assert asking.allowed(made.learning_plan) == 10


def test_what_waits_to_be_labelled_is_left_to_the_sampler():
    made = streams.drifted({"batch_size": 10}, auto_approve=0.8, labels=worlds.LABELS)
    report = looking.look(made)
    worlds.items(made, 5, held_out=0)
    assert (asking.ask(report), plans.sampling_due(made.learning_plan)[:7]) == (None, "drift: ")


def test_a_new_label_makes_training_due_once():
    made = streams.drifted({})
    report = looking.look(made)
    plan = made.learning_plan
    assert plans.training_due(plan) is None
    worlds.label([made.items.first()], "positive")
    assert plans.training_due(plan) == f"drift: {report.reasons[0]}"[:100]
    ended = {"status": "done", "finished_at": streams.later(), "started_at": streams.later()}
    TrainingRun.objects.create(item_type=made, trigger="test", **ended)
    assert plans.training_due(plan) is None


def test_leads_get_one_mail_that_says_what_and_what_is_done(settings):
    settings.EMAIL_HOST = "mail.example"
    factories.person("lea", "leads", email="lea@example.com")
    report = looking.look(streams.drifted({**NOTHING, "drift_tightens": True}))
    assert tasks.tell_of_drift(report.pk) == 1
    (sent,) = mail.outbox
    assert (sent.bcc, sent.subject) == (["lea@example.com"], "HITL: what arrives at mail has drifted")
    assert all(one in sent.body for one in [*report.reasons, *report.acted])
