"""Figures measured elsewhere: the newest of each item type, and what they are together."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AgreementReport
from hitl_project.goals import keeping, running, sources
from hitl_project.goals.estimates import Estimate
from hitl_project.goals.told import told
from learning.models import Proof
from routing.models import Figure
from tests import factories

pytestmark = pytest.mark.django_db


def proof(item_type, saving, labels=100):
    half = labels // 2
    return Proof.objects.create(
        item_type=item_type,
        strategy="entropy",
        labels_chosen=half,
        labels_random=half,
        labels_held_out=100,
        curves={},
        saving=saving,
        low=saving - 1,
        high=saving + 1,
    )


def test_the_newest_proof_tells_what_learning_saves():
    kept, other = factories.item_type(), factories.item_type("other")
    proof(kept, 2.0)
    proof(kept, 3.0)
    proof(other, 5.0, labels=300)
    found = told([kept, other])
    assert found[kept.pk]["learning_acceleration"] == Estimate(3.0, 2.0, 4.0, 100)
    whole = keeping.whole(sources.read(), found, [kept, other])["learning_acceleration"]
    assert (whole.value, whole.count) == (4.5, 400)


def report(item_type, headline, value, units=120, days=1):
    one = {"value": value, "low": value - 0.1, "high": value + 0.05, "units": units}
    until = timezone.now() - timedelta(days=days)
    AgreementReport.objects.create(
        item_type=item_type.slug,
        period="window",
        since=until - timedelta(days=90),
        until=until,
        units=units,
        ratings=2 * units,
        people=2,
        headline=headline,
        figures={headline: one},
    )


@pytest.mark.parametrize("headline", ["ac1", "ac2", "iou"])
def test_the_newest_report_tells_how_far_people_agree_by_the_figure_it_is_judged_by(headline):
    kept = factories.item_type()
    report(kept, headline, 0.7, days=2)
    report(kept, headline, 0.9)
    assert told([kept])[kept.pk] == {"agreement": Estimate(0.9, 0.8, pytest.approx(0.95), 120)}


def test_agreement_on_too_few_items_is_not_told():
    kept = factories.item_type()
    report(kept, "iou", 0.7, units=99)
    assert told([kept])[kept.pk] == {}


def test_what_was_measured_long_ago_says_nothing_of_today():
    kept, now = factories.item_type(), timezone.now()
    report(kept, "ac1", 0.9)
    proof(kept, 2.0)
    figure = Figure(
        metric="lift_per_quarter", item_type=kept, week=now.date(), whole=True, value=0.1, count=50
    )
    keeping.store([figure])
    assert set(told([kept])[kept.pk]) == {"agreement", "learning_acceleration", "lift_per_quarter"}
    assert set(told([kept], now=now + timedelta(days=8))[kept.pk]) == {"learning_acceleration"}
    assert told([kept], now=now + timedelta(days=91))[kept.pk] == {}


def test_without_two_models_nothing_is_brought():
    assert running.measure_lift(factories.item_type()) == "no two models to compare"
    assert Figure.objects.count() == 0
