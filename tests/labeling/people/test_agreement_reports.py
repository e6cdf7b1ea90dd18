"""Agreement that is kept: each week once, the window each night, and what was missed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AgreementReport, AuditEvent
from labeling import tasks
from labeling.models import Label
from labeling.people import agreement_reports
from labeling.people.agreement_by import monday
from routing.models import Target
from tests import factories
from tests.labeling.opinions import both_say, reviewers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def made():
    """An item type on which two people agreed in one of two items, last week."""
    made = factories.item_type(overlap_share=1.0)
    both_say(reviewers("anna", "ben"), ("negative", "negative"), ("negative", "positive"))
    Label.objects.update(ts=monday(timezone.now()) - timedelta(days=2))
    return made


def test_a_week_and_the_window_are_kept_once(made):
    assert (agreement_reports.measure(made), agreement_reports.measure(made)) == (2, 0)
    rows = list(AgreementReport.objects.order_by("period"))
    assert [(row.period, row.units, row.ratings, row.people, row.headline) for row in rows] == [
        ("week", 2, 4, 2, "ac1"),
        ("window", 2, 4, 2, "ac1"),
    ]
    assert rows[0].since == monday(timezone.now()) - timedelta(weeks=1)
    assert agreement_reports.figures(rows[0])["percent"].value == 0.5


def test_weeks_stay_as_they_were_measured(made):
    agreement_reports.measure(made)
    Label.objects.update(label="negative")
    agreement_reports.measure(made)
    kept = agreement_reports.kept(made.slug, since=timezone.now() - timedelta(weeks=5))
    assert [agreement_reports.figures(row)["percent"].value for row in kept] == [0.5]


def test_types_without_common_answers_leave_no_row():
    assert agreement_reports.measure(factories.item_type()) == 0


def test_the_nightly_task_measures_every_type(made, monkeypatch):
    asked = []
    monkeypatch.setattr("labeling.tasks.async_task", lambda *told: asked.append(told))
    assert (tasks.measure_agreement(), asked) == (1, [("labeling.tasks.measure_agreement_of", made.pk)])
    assert tasks.measure_agreement_of(made.pk) == 2


def report(item_type, low, high, days=0, units=200):
    """Keep a window that ended so many days ago and in which AC1 lay between these."""
    until = timezone.now() - timedelta(days=days)
    one = {"value": (low + high) / 2, "low": low, "high": high, "units": units}
    AgreementReport.objects.create(
        item_type=item_type,
        period="window",
        since=until - timedelta(days=90),
        until=until,
        units=units,
        ratings=2 * units,
        people=2,
        headline="ac1",
        figures={"ac1": one},
    )


def test_what_is_proven_to_be_missed_is_told_by_the_newest_window():
    for slug in ("bad", "better", "few", "old"):
        factories.item_type(slug)
    report("bad", 0.5, 0.7)
    report("better", 0.5, 0.7, days=1)
    report("better", 0.8, 0.9)
    report("few", 0.5, 0.7, units=99)
    report("old", 0.5, 0.7, days=8)
    assert [one.item_type.slug for one in agreement_reports.missed()] == ["bad"]


def test_what_is_missed_follows_the_target_that_was_changed():
    mild, strict = factories.item_type("mild"), factories.item_type("strict")
    for one in (mild, strict):
        report(one.slug, 0.5, 0.7)
    Target.objects.create(metric="agreement", value=0.4)
    Target.objects.create(metric="agreement", item_type=strict, value=0.8)
    assert [(one.item_type, one.target) for one in agreement_reports.missed()] == [(strict, 0.8)]
    Target.objects.update(value=None)
    assert agreement_reports.missed() == []


def test_measuring_now_keeps_the_window_once_and_records_it(made):
    first = agreement_reports.measure_now(made, by="user:lea")
    assert agreement_reports.measure_now(made, by="user:lea") == first
    event = AuditEvent.objects.get(verb="agreement.measured")
    assert (event.actor, event.data["units"], event.data["figures"]) == ("user:lea", 2, first.figures)
    assert agreement_reports.measure(made) == 2


def test_measuring_now_what_nobody_answered_keeps_nothing():
    assert agreement_reports.measure_now(factories.item_type(), by="user:lea") is None
    assert AgreementReport.objects.count() == 0
