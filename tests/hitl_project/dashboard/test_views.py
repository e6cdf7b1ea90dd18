"""The page at `/`: right figures from real rows, and for each role first what it needs."""

import json
import re

import pytest
from django.urls import reverse

from hitl_project import workers
from hitl_project.workers import Trouble
from labeling.answering import review
from learning.models import ModelVersion
from routing import assignments
from routing.models import Assignment
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


def page(client, **asked):
    return client.get(reverse("dashboard"), asked)


def text(response):
    return " ".join(response.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def tile(response, name):
    shown = [*response.context["large"], *response.context["small"][0][1]]
    return next(one for one in shown if one.name == name)


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


@pytest.mark.parametrize(
    ("role", "heading"),
    [("reviewers", "Your work"), ("experts", "Your work"), ("clients", "For programs")],
)
def test_who_sees_no_figures_is_shown_their_own_work(role, heading):
    factories.item_type()
    assert re.findall("<h1>(.*?)</h1>", text(page(signed_in(role)))) == [heading]


def test_who_has_no_role_is_told_whom_to_ask():
    assert "Ask an admin to put you into one" in text(page(signed_in()))


@pytest.mark.parametrize(
    ("role", "parts"),
    [
        ("leads", "steps people attention figures targets models"),
        ("admins", "steps attention running figures people targets models book"),
        ("compliance", "book figures targets people models"),
    ],
)
def test_each_role_is_shown_first_what_it_needs(role, parts):
    order = page(signed_in(role)).context["order"]
    shown = [name.removeprefix("dashboard/parts/").removesuffix(".html") for name in order]
    assert shown == ["mine", *parts.split()]


@pytest.mark.parametrize("role", ["leads", "admins", "compliance"])
def test_the_shares_are_those_of_the_rows(role):
    factories.item_type()
    for confidence in (0.97, 0.98, 0.99, 0.85, 0.3):
        factories.submit(confidence)
    response = page(signed_in(role))
    came = response.context["came"]
    assert (came.automated, came.human, came.expert) == (3, 1, 1)
    assert tile(response, "review_rate").found.value == 0.4


def test_enough_checks_give_an_accuracy_with_its_interval_and_how_it_stands_to_its_target():
    checked(30, wrong=3)
    response = page(signed_in("leads"))
    found = tile(response, "system_accuracy")
    assert (found.actual, found.found.count) == ("90.0\N{NO-BREAK SPACE}%", 30)
    assert (found.interval[:4], found.verdict.name) == ("74.4", "UNDECIDED")
    assert '74.4 % to 96.5 %, from <span class="nw">30</span> checks' in text(response)


def test_every_item_that_came_is_accounted_for(rita):
    made = factories.item_type()
    factories.submit(0.97)
    unjudged = factories.submit(None)
    assignments.ask([assignments.Want(unjudged, "learn", made.queue)])
    review.submit(assignments.claim(by=rita).pk, review.Answer("edit", label="positive"), by=rita)
    said = text(page(signed_in("leads"))).partition("2 items came in: ")[2].partition(". Read")[0]
    assert said == "1 by the router, 0 to people, 0 to experts, 1 labelled before any model could judge"


def test_one_item_type_can_be_looked_at_alone():
    factories.item_type()
    factories.item_type("spam")
    factories.submit(0.97)
    factories.submit(0.3, to="spam")
    came = page(signed_in("leads"), item_type="spam").context["came"]
    assert (came.expert, came.routed) == (1, 1)


def test_an_unknown_period_is_a_week():
    factories.item_type()
    assert page(signed_in("leads"), days="365").context["period"].days == 7


def test_the_chart_draws_what_the_table_beside_it_says():
    factories.item_type()
    for confidence in (0.97, 0.98, 0.85):
        factories.submit(confidence)
    for days in (1, 7, 30):
        response = page(signed_in("leads", name=f"lea{days}"), days=days)
        found = re.search('<script id="went-data" type="application/json">(.*?)</script>', text(response))
        drawn = {one["name"]: sum(one["values"]) for one in json.loads(found[1])["lines"]}
        assert drawn == {"By the router": 2, "To people": 1, "To experts": 0}
        rows = response.context["plots"][0].rows
        assert [value for value, _ in rows[-1][1]] == ["2", "1", "0"]


def test_an_empty_server_says_what_to_do_next():
    said = text(page(signed_in("admins")))
    assert "What to do next" in said
    assert f'<a class="button" href="{reverse("admin:start")}">Start</a>' in said


def test_queues_say_how_many_wait_of_each_priority():
    factories.item_type()
    for priority in (3, 1, 1):
        Assignment.objects.filter(item=factories.submit(0.85)).update(priority=priority)
    said = text(page(signed_in("leads")))
    assert '<span class="nw">1 urgent ·</span> <span class="nw">2 normal</span>' in said


@pytest.mark.parametrize(("role", "most"), [("admins", 88), ("compliance", 50), ("reviewers", 24)])
def test_a_full_page_costs_a_bounded_number_of_statements(role, most):
    """Reading the figures anew is 22 of them."""
    for slug in ("sentiment", "spam", "third"):
        model = ModelVersion.objects.create(
            item_type=factories.item_type(slug), number=1, labels_used=9, artifact="file", sha256="0"
        )
        model.evaluations.create(metric="accuracy", value=0.9, low=0.8, high=0.95, n=40)
    for confidence in (0.97, 0.85, 0.3):
        factories.submit(confidence)
    client = signed_in(role)
    with counted(most=most):
        page(client, days=30)


def test_the_page_has_nothing_inline_that_the_content_policy_forbids():
    factories.item_type()
    factories.submit(0.97)
    said = page(signed_in("admins")).content.decode()
    inline = r"<style|\sstyle=|\son\w+=|<script(?![^>]*(?:\ssrc=|application/json))"
    assert re.findall(inline, said) == []


@pytest.fixture
def away():
    workers.forget(Trouble("No worker is running. Start it.", None, 3, 0))
    yield
    workers.forget(None)


def test_a_worker_at_work_is_running():
    factories.item_type()
    assert '<h2>Worker</h2><p class="value">Running' in text(page(signed_in("admins")))


def test_a_worker_that_is_away_is_told_as_the_banner_tells_it(away):
    factories.item_type()
    said = '<h2>Worker</h2><p class="value bad">Stopped</p><p class="muted">No worker is running. Start it.'
    assert said in text(page(signed_in("admins")))
