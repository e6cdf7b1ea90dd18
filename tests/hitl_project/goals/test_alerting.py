"""A night's figures are kept, judged, and told where a target is missed."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.utils import timezone
from django_q.models import OrmQ

from audit.models import AuditEvent
from hitl_project.goals import alerting, promises, running
from hitl_project.goals.definitions import DEFINITIONS
from hitl_project.goals.estimates import Estimate
from routing.models import Delivery, Figure, Target
from tests import factories

pytestmark = pytest.mark.django_db

BAD, GOOD = Estimate(0.6, 0.55, 0.65, 400, 400.0), Estimate(0.9, 0.88, 0.92, 400, 400.0)


def judge(figure, days):
    """Judge the automation rate of all so many days from now; return what is told."""
    found = {None: {"automation_rate": figure}}
    return [news.value for _, news in alerting.judge(found, now=timezone.now() + timedelta(days=days))]


def test_a_night_keeps_the_figures_of_every_type_and_of_all():
    kept = factories.item_type()
    factories.submit(0.99)
    factories.submit(0.85)
    running.run()
    rows = Figure.objects.filter(metric="automation_rate").values_list("item_type", "whole", "value", "count")
    assert sorted(rows, key=str) == sorted(
        [(of, whole, 0.5, 2) for of in (None, kept.pk) for whole in (False, True)], key=str
    )


def test_a_second_run_replaces_the_weeks_figures():
    factories.item_type()
    factories.submit(0.99)
    running.run()
    factories.submit(0.85)
    running.run()
    assert list(
        Figure.objects.filter(metric="review_rate", item_type=None).values_list("value", flat=True)
    ) == [
        0.5,
        0.5,
    ]


def test_the_first_night_stores_what_the_customer_asked_for():
    running.run()
    stored = dict(Target.objects.filter(item_type=None).values_list("metric", "value"))
    assert stored == {one.name: one.asked for one in DEFINITIONS.values()}


def test_a_miss_is_told_once_to_the_listener_and_its_end_too(settings):
    settings.HITL_ALERT_URL = "https://example.com/alerts"
    promises.ensure()
    told = [judge(BAD, 0), judge(BAD, 7), judge(BAD, 8), judge(GOOD, 9), judge(GOOD, 10)]
    assert told == [[], ["target.missed"], [], ["target.met_again"], []]
    sent = Delivery.objects.order_by("id").values_list("event", "body__data__value", "body__data__target")
    assert list(sent) == [("target.missed", 0.6, 0.85), ("target.met_again", 0.9, 0.85)]


def test_a_miss_stands_in_the_trail_and_a_task_tells_leads():
    promises.ensure()
    judge(BAD, 0)
    judge(BAD, 7)
    event = AuditEvent.objects.get(verb="target.missed")
    assert (event.data["metric"], event.data["value"], event.data["high"]) == ("automation_rate", 0.6, 0.65)
    task = OrmQ.objects.get().task
    assert task["func"] == "hitl_project.tasks.tell_leads_of_targets"
    of, said, line = task["args"][0][0]
    assert (of, said) == (None, "target.missed")
    assert line.replace("\N{NO-BREAK SPACE}", " ") == (
        "Automation rate: 60.0 % (55.0 % to 65.0 % with 95 % confidence); target: at least 85 %"
    )


def test_without_a_listener_nothing_is_owed():
    promises.ensure()
    judge(BAD, 0)
    judge(BAD, 7)
    assert Delivery.objects.count() == 0


def test_leads_get_one_e_mail(settings):
    settings.EMAIL_HOST = "mail.example.com"
    factories.person("lea", "leads", email="lea@example.com")
    assert alerting.tell_leads([(None, "target.missed", "Automation rate: 60 %")]) == 1
    assert mail.outbox[0].subject == "A target is missed"
    assert mail.outbox[0].body.startswith("Automation rate: 60 %\n")


def test_a_target_changed_meanwhile_begins_anew():
    promises.ensure()
    judge(BAD, 0)
    promises.promise("automation_rate", None, {"value": 0.7}, by="system:test")
    assert judge(BAD, 7) == []
    assert judge(BAD, 14) == ["target.missed"]


def test_a_target_of_one_type_is_judged_by_its_own_figures():
    kept = factories.item_type()
    promises.promise("automation_rate", kept, {"value": 0.5}, by="system:test")
    now = timezone.now()
    for days in (0, 7):
        news = alerting.judge(
            {None: {}, kept.pk: {"automation_rate": Estimate(0.3, 0.2, 0.4, 90)}},
            now=now + timedelta(days=days),
        )
    assert [(target.item_type, said.value) for target, said in news] == [(kept, "target.missed")]


def test_a_lead_outside_the_team_is_not_told_of_its_item_types(settings):
    settings.EMAIL_HOST = "mail.example.com"
    team, closed, free = (
        Group.objects.create(name="claims"),
        factories.item_type(),
        factories.item_type("free"),
    )
    closed.teams.add(team)
    factories.person("lea", "leads", "claims", email="lea@example.com")
    factories.person("leo", "leads", email="leo@example.com")
    told = [(None, "target.missed", "all"), (closed.pk, "target.missed", "closed"), (free.pk, "x", "free")]
    assert alerting.tell_leads(told) == 2
    sent = {one.bcc[0]: (one.subject, one.body.split("\n\n")[0]) for one in mail.outbox}
    assert sent == {
        "lea@example.com": ("2 targets are missed", "all\nclosed\nfree"),
        "leo@example.com": ("Targets met again", "free"),
    }
