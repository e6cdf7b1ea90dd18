"""How far people agree: random overlaps only, experts' settlements, and what answers together decide."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from labeling import metrics
from labeling.people import agreement
from labeling.people.agreement import Decided, Settled
from routing import another
from tests import factories
from tests.api_client import caller
from tests.labeling.opinions import answer, reviewers
from tests.people import signed_in

pytestmark = pytest.mark.django_db
SINCE = timezone.now() - timedelta(days=1)


@pytest.fixture
def people():
    return reviewers("anna", "ben")


def both_say(people, *pairs):
    for labels in pairs:
        factories.submit(0.85)
        for person, label in zip(people, labels, strict=True):
            answer(person, label)


def test_overlaps_drawn_on_arrival_are_compared(people):
    made = factories.item_type(overlap_share=1.0)
    both_say(people, ("negative", "negative"), ("negative", "positive"), ("positive", "positive"))
    found = agreement.overlaps(made, since=SINCE)
    assert (found.checks, found.accuracy) == (3, pytest.approx(2 / 3))
    assert 0 < found.low < 2 / 3 < found.high < 1


def test_opinions_that_somebody_asked_for_are_left_out(people):
    made = factories.item_type()
    another.request(factories.submit(0.85).pk, why="A doubt.", by="system:test")
    answer(people[0], "negative")
    answer(people[1], "positive")
    assert agreement.overlaps(made, since=SINCE).checks == 0


def test_a_pair_drawn_seldom_stands_for_many(people):
    made = factories.item_type(overlap_share=1.0)
    both_say(people, ("negative", "negative"), ("negative", "positive"))
    made.assignments.filter(purpose="overlap", item__status="pending_expert").update(inclusion=0.25)
    assert agreement.overlaps(made, since=SINCE).accuracy == pytest.approx(1 / 5)


def test_experts_settle_disputes_as_somebody_or_the_model_said_or_otherwise(people):
    made = factories.item_type(labels=["negative", "neutral", "positive"], opinions_wanted=2)
    edgar = factories.person("edgar", "experts")
    for label in ("negative", "positive", "neutral"):
        both_say(people, ("negative", "neutral") if label != "neutral" else ("negative", "positive"))
        answer(edgar, label)
    assert agreement.settled(made, since=SINCE) == Settled(items=3, as_somebody=1, as_the_model=1)


def test_an_item_that_experts_got_at_once_was_no_dispute():
    made = factories.item_type()
    factories.submit(0.3)
    answer(factories.person("edgar", "experts"), "negative")
    assert agreement.settled(made, since=SINCE) == Settled(0, 0, 0)


def test_what_several_answers_decided_is_counted_by_method(people):
    made = factories.item_type(opinions_wanted=2)
    both_say(people, ("negative", "negative"), ("positive", "positive"))
    assert agreement.decided(made, since=SINCE) == [Decided("agreement", 2, 2.0)]


def validated(people, *labels):
    """Let Anna decide items as negative, and an expert answer each again."""
    made, edgar = factories.item_type(validated_share=1.0), factories.person("edgar", "experts")
    for label in labels:
        factories.submit(0.85)
        answer(people[0], "negative")
        answer(edgar, label)
    return made


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


def shown(item_type, *groups):
    where = reverse("admin:routing_itemtype_agreement", args=[item_type.pk])
    return signed_in(*groups).get(where, follow=True)


def test_the_page_shows_no_share_of_few_answers(people):
    made = validated(people, "negative")
    text = shown(made, "leads").content.decode()
    assert "1 decision so far: too few to say." in text
    assert "100.0 %" not in text


def test_the_page_shows_share_and_interval_of_many(people, monkeypatch):
    monkeypatch.setattr("labeling.admin.agreement.FEW", 2)
    made = validated(people, "negative", "positive")
    response = shown(made, "leads")
    assert (response.context["validated"].checks, "50.0 %" in response.content.decode()) == (2, True)


def test_reviewers_do_not_read_the_page():
    assert shown(factories.item_type(), "reviewers").status_code == 403
