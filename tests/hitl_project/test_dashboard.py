"""The dashboard: right figures from real rows, for those whom they concern."""

import re

import pytest
from django.urls import reverse

from labeling.answering import review
from learning.models import ModelVersion
from routing import assignments
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


def page(client, **asked):
    return client.get(reverse("dashboard"), asked)


def checked(count, wrong):
    """Have `count` automated items checked blind, `wrong` of them with another answer."""
    rita = factories.person("rita", "reviewers")
    factories.item_type(audit_rate=1.0)
    for number in range(count):
        factories.submit(0.97, label="positive")
        seat = assignments.claim(by=rita)
        label = "negative" if number < wrong else "positive"
        review.submit(seat.pk, review.Answer("edit", label=label), by=rita)


def test_a_stranger_is_sent_to_sign_in(client):
    assert page(client).url == f"{reverse('login')}?next=/"


@pytest.mark.parametrize("role", ["reviewers", "experts", "clients"])
def test_who_only_reviews_is_sent_to_their_queues(role):
    assert page(signed_in(role)).url == reverse("review")


@pytest.mark.parametrize("role", ["leads", "admins", "compliance"])
def test_the_shares_are_those_of_the_rows(role):
    factories.item_type()
    for confidence in (0.97, 0.98, 0.99, 0.85, 0.3):
        factories.submit(confidence)
    context = page(signed_in(role)).context
    assert [(part, count) for part, _, count, _ in context["parts"]] == [
        ("automated", 3),
        ("human", 1),
        ("expert", 1),
    ]
    assert (context["totals"].automation_rate, context["summary"].review_rate) == (0.6, 0.4)


def test_few_checks_are_said_to_be_too_few():
    checked(3, wrong=1)
    response = page(signed_in("leads"))
    assert "Not enough yet" in response.content.decode()
    assert response.context["enough"] is False


def test_enough_checks_give_an_accuracy_with_its_interval():
    checked(30, wrong=3)
    text = " ".join(page(signed_in("leads")).content.decode().split())
    assert "90.0 %" in text
    assert "74.4 % to 96.5 % with 95 % confidence, from 30 blind checks" in text


def test_one_item_type_can_be_looked_at_alone():
    factories.item_type()
    factories.item_type("spam")
    factories.submit(0.97)
    factories.submit(0.3, to="spam")
    context = page(signed_in("leads"), item_type="spam").context
    assert (context["totals"].expert, context["totals"].routed) == (1, 1)


def test_an_unknown_period_is_a_week():
    factories.item_type()
    assert page(signed_in("leads"), days="365").context["days"] == 7


def test_an_empty_server_says_what_to_do_next():
    text = page(signed_in("admins")).content.decode()
    assert "Nothing is set up yet" in text
    assert reverse("admin:routing_itemtype_add") in text


def test_a_full_page_costs_at_most_sixteen_statements():
    for slug in ("sentiment", "spam"):
        model = ModelVersion.objects.create(
            item_type=factories.item_type(slug), number=1, labels_used=9, artifact="file", sha256="0"
        )
        model.evaluations.create(metric="accuracy", value=0.9, low=0.8, high=0.95, n=40)
    for confidence in (0.97, 0.85, 0.3):
        factories.submit(confidence)
    client = signed_in("admins")
    with counted(most=16):
        page(client, days=30)


def test_the_page_has_nothing_inline_that_the_content_policy_forbids():
    factories.item_type()
    factories.submit(0.97)
    text = page(signed_in("admins")).content.decode()
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text) == []
