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


def test_the_newest_report_tells_how_far_people_agree():
    kept, now = factories.item_type(), timezone.now()
    for days, value in ((2, 0.7), (1, 0.9)):
        figures = {"ac1": {"value": value, "low": value - 0.1, "high": value + 0.05, "units": 120}}
        AgreementReport.objects.create(
            item_type=kept.slug,
            period="window",
            since=now - timedelta(days=90 + days),
            until=now - timedelta(days=days),
            units=150,
            ratings=300,
            people=2,
            headline="ac1",
            figures=figures,
        )
    assert told([kept])[kept.pk] == {"agreement_ac1": Estimate(0.9, 0.8, pytest.approx(0.95), 120)}


def test_without_two_models_nothing_is_brought():
    assert running.measure_lift(factories.item_type()) == "no two models to compare"
    assert Figure.objects.count() == 0
