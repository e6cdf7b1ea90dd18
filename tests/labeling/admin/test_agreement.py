"""The admin's page on agreement: what it tells, what it holds back, and who may read it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AgreementReport
from labeling import metrics
from labeling.people import ratings
from routing.models import Target
from tests import factories
from tests.api_client import caller
from tests.labeling.opinions import answer, both_say, reviewers
from tests.labeling.people.units import units
from tests.people import signed_in

pytestmark = pytest.mark.django_db
SINCE = timezone.now() - timedelta(days=1)


@pytest.fixture
def people():
    return reviewers("anna", "ben")


def shown(item_type, *groups):
    where = reverse("admin:routing_itemtype_agreement", args=[item_type.pk])
    return signed_in(*groups).get(where, follow=True)


def validated(people, *labels):
    """Let Anna decide items as negative, and an expert answer each again."""
    made, edgar = factories.item_type(validated_share=1.0), factories.person("edgar", "experts")
    for label in labels:
        factories.submit(0.85)
        answer(people[0], "negative")
        answer(edgar, label)
    return made


def told(people, monkeypatch, *answers, times):
    """Return the page's text where these two people gave these answers so many times."""
    monkeypatch.setattr(
        ratings, "read", lambda *_, **__: units(*answers, times=times, people=[one.pk for one in people])
    )
    return shown(factories.item_type(), "leads").content.decode()


def test_experts_measure_what_reviewers_decide(people):
    made = validated(people, "negative", "negative", "negative", "positive")
    found = metrics.validated(made.slug, since=SINCE)
    assert (found.checks, found.accuracy) == (4, 0.75)
    assert metrics.summary("sentiment").validated == found
    said = caller("metrics:read").get("/api/v1/metrics/?item_type=sentiment").json()["validated"]
    assert said == {"checks": 4, "accuracy": 0.75, "low": found.low, "high": found.high}


def test_validation_says_nothing_of_the_models_decisions(people):
    validated(people, "positive")
    assert metrics.summary("sentiment").checked.checks == 0


def test_the_page_shows_no_share_of_few_answers(people):
    text = shown(validated(people, "negative"), "leads").content.decode()
    assert "1 decision so far: too few to say." in text
    assert "100.0 %" not in text


def test_the_page_shows_share_and_interval_of_many(people, monkeypatch):
    monkeypatch.setattr("labeling.admin.agreement.FEW", 2)
    response = shown(validated(people, "negative", "positive"), "leads")
    assert (response.context["validated"].checks, "50.0 %" in response.content.decode()) == (2, True)


def test_two_common_items_tell_only_how_many_are_missing(people):
    made = factories.item_type(overlap_share=1.0)
    both_say(people, ("negative", "negative"), ("positive", "positive"))
    text = " ".join(shown(made, "leads").content.decode().split())
    assert "It takes 98 more until an agreement beyond chance can be told." in text
    assert ("98 more items answered twice" in text, "100.0 %" in text) == (True, False)


def test_many_common_items_tell_figure_pair_and_verdict(people, monkeypatch):
    text = told(people, monkeypatch, ("negative", "negative"), ("positive", "positive"), times=60)
    assert ("People agree</h2>" in text, "anna and ben" in text, text.count("100.0 %") >= 4) == (
        True,
        True,
        True,
    )
    assert "Why kappa" not in text


def test_a_low_kappa_of_a_rare_class_is_explained(people, monkeypatch):
    answers = [("negative", "negative")] * 19 + [("negative", "positive")]
    text = told(people, monkeypatch, *answers, times=10)
    assert "Why kappa is only" in text
    assert "of all answers are “negative”" in text


def test_people_who_differ_are_a_warning(people, monkeypatch):
    text = told(people, monkeypatch, ("negative", "negative"), ("negative", "positive"), times=60)
    assert "People agree less than they should" in text


def test_reviewers_do_not_read_the_page():
    assert shown(factories.item_type(), "reviewers").status_code == 403


@pytest.mark.parametrize(("role", "status", "kept"), [("leads", 302, 1), ("compliance", 403, 0)])
def test_leads_measure_now_and_others_only_read(people, role, status, kept):
    made = factories.item_type(overlap_share=1.0)
    both_say(people, ("negative", "negative"))
    where = reverse("admin:routing_itemtype_agreement", args=[made.pk])
    client = signed_in(role, is_staff=True)
    assert client.post(where).status_code == status
    assert AgreementReport.objects.count() == kept
    assert ("Measure and keep now" in client.get(where).content.decode()) == bool(kept)


def test_the_page_goes_by_the_target_that_was_changed(people, monkeypatch):
    Target.objects.create(metric="agreement", value=0.5)
    text = told(people, monkeypatch, ("negative", "negative"), ("positive", "positive"), times=60)
    assert "lies above 50" in text
    assert "M50.0 0V12" in text
