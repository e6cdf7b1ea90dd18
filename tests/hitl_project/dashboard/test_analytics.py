"""The analytics: figures of some days, by item type and queue, and the same as CSV."""

import csv
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from hitl_project.goals import keeping, remembering
from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments
from routing.models import Figure
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


def page(client, **asked):
    return client.get(reverse("analytics"), asked)


def answered(user, slug):
    factories.submit(0.85, to=slug)
    seat = assignments.claim(by=user)
    review.submit(seat.pk, Answer("approve", time_spent_ms=4_000), by=user)


def figure(response, name):
    rows = [tile for _, tiles in response.context["groups"] for tile in tiles]
    return next(one for one in rows if one.name == name)


@pytest.mark.parametrize("role", ["reviewers", "experts", "clients"])
def test_who_sees_no_figures_is_refused(role):
    client = signed_in(role)
    assert (page(client).status_code, client.get(reverse("analytics-csv")).status_code) == (403, 403)


def test_every_figure_stands_with_its_definition_and_its_target(rita):
    factories.item_type()
    factories.submit(0.97)
    answered(rita, "sentiment")
    response = page(signed_in("leads"))
    row = figure(response, "automation_rate")
    assert (row.found.value, row.target, row.found.count) == (0.5, 0.85, 2)
    assert row.definition.sentence in response.content.decode()


def test_a_queue_has_the_figures_of_looks_alone(rita):
    other = factories.queue("others", "reviewers")
    factories.item_type()
    factories.item_type("spam", queue=other)
    for slug in ("sentiment", "sentiment", "spam"):
        answered(rita, slug)
    response = page(signed_in("leads"), queue="others")
    shown = [one.name for _, tiles in response.context["groups"] for one in tiles]
    assert shown == ["time_to_review", "cases_per_hour", "queue_time", "sla_compliance"]
    assert (
        figure(response, "time_to_review").found.count,
        figure(response, "time_to_review").found.value,
    ) == (
        1,
        4.0,
    )


def test_queues_are_compared(rita):
    factories.item_type()
    answered(rita, "sentiment")
    desks = page(signed_in("leads")).context["desks"]
    assert {desk.queue.slug: desk.looks for desk in desks}["reviews"] == 1


def test_weeks_that_are_kept_go_on_where_rows_are_read(rita):
    kept = factories.item_type()
    factories.submit(0.97)
    week = remembering.facts().facts.weeks[0] - timezone.timedelta(weeks=3)
    old = Figure(metric="automation_rate", item_type=None, week=week, value=0.25, low=0.2, high=0.3, count=9)
    keeping.store([old])
    plots = {one.name: one for one in page(signed_in("leads")).context["plots"]}
    line = plots["automation_rate"].lines[0]
    assert (line.values[0], line.low[0], line.values[-1], kept.slug) == (0.25, 0.2, 1.0, "sentiment")


def test_a_teams_figures_are_of_its_own_types_alone():
    factories.item_type()
    hidden = factories.item_type("hidden")
    hidden.teams.add(Group.objects.create(name="claims"))
    factories.submit(0.3, to="hidden")
    response = page(signed_in("leads"))
    assert (response.context["chosen"].slug, figure(response, "review_rate").found.count) == ("sentiment", 0)


def test_the_table_to_take_away_has_a_row_for_each_figure_and_day(noon, rita):
    factories.item_type()
    factories.submit(0.97)
    answered(rita, "sentiment")
    sent = signed_in("leads").get(reverse("analytics-csv"), {"days": "7"})
    rows = list(csv.DictReader(StringIO(sent.content.decode())))
    found = {row["figure"]: row for row in rows if row["to"] == str(noon.date())}
    assert (found["came"]["value"], found["automated"]["value"], found["came"]["item_type"]) == (
        "2",
        "1",
        "sentiment",
    )
    assert (found["automation_rate"]["value"], found["automation_rate"]["unit"]) == ("0.5", "share")
    assert len([row for row in rows if row["figure"] == "came"]) == 7


def test_the_page_takes_as_many_statements_for_many_item_types():
    client = signed_in("leads")
    for slug in ("one", "two", "three", "four", "five"):
        factories.item_type(slug)
    with counted(most=38):
        page(client)


def test_without_an_item_type_the_page_says_where_to_begin():
    assert "There is no item type yet" in page(signed_in("leads")).content.decode()
