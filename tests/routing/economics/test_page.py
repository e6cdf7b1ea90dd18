"""The page of costs: who is cheapest from which score on, on what figures, and what was spent."""

import pytest
from django.urls import reverse

from routing.economics import costing, costs, spending
from tests import factories
from tests.people import signed_in
from tests.routing.economics.test_costing import TYPED
from tests.routing.looked import look
from tests.statements import counted

pytestmark = pytest.mark.django_db


def page(client, item_type):
    return client.get(reverse("admin:routing_itemtype_economics", args=[item_type.pk]), follow=True)


def test_without_typed_costs_the_page_says_what_is_missing():
    response = page(signed_in("leads"), factories.item_type())
    assert (response.context["prices"], "spent" in response.context) == (None, False)
    assert "Type the four costs" in response.content.decode()


def test_the_break_even_score_parts_machine_and_people():
    item_type = factories.item_type(**TYPED)
    context = page(signed_in("leads"), item_type).context
    prices = costing.prices(item_type)
    assert (context["break_even"], context["by_people"]) == (prices.break_even, "a reviewer")
    assert [(row["score"], row["who"]) for row in context["rows"]] == [
        (score, "the machine" if score >= prices.break_even else "a reviewer")
        for score in (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999)
    ]


@pytest.mark.parametrize(
    ("error", "said"),
    [(0.0, "The machine always does"), (10.0, "on, the machine does; below it, a reviewer")],
)
def test_the_answer_is_said_in_words(error, said):
    item_type = factories.item_type(**{**TYPED, "cost_error": error})
    assert said in " ".join(
        page(signed_in("leads"), item_type).content.decode().replace("</strong>", "").split()
    )


def test_the_cheapest_audit_rate_stands_beside_the_one_in_force():
    item_type = factories.item_type(**{**TYPED, "target_alpha": None})
    context = page(signed_in("leads"), item_type).context
    assert (context["best_rate"], context["rate_in_force"]) == (costs.audit_rate(10.0, 0.36), 0.05)


def test_sums_that_take_too_long_are_left_out_and_the_rest_is_shown(monkeypatch):
    monkeypatch.setattr(spending, "DECIDED", "SELECT pg_sleep(5)")
    monkeypatch.setattr(spending, "LONGEST", "100ms")
    item_type = factories.item_type(**TYPED)
    factories.submit(0.99)
    response = page(signed_in("leads"), item_type)
    assert (response.context["stopped"], "spent" in response.context) == (True, False)
    assert "Who decides most cheaply" in response.content.decode()


def test_spending_is_told_by_week_and_drawn_to_the_dearest():
    item_type, rita = factories.item_type(**TYPED), factories.person("rita", "reviewers")
    for days, seconds in ((9, 300), (1, 100)):
        look(factories.submit(0.85), by=rita, label="positive", seconds=seconds, waited=0, days_ago=days)
    context = page(signed_in("leads"), item_type).context
    each = [week["week"].per_decision for week in context["weeks"]]
    ends = [week["blocks"][-1][1] + week["blocks"][-1][2] for week in context["weeks"]]
    assert (each, context["spent"].whole.decisions) == ([pytest.approx(3.3), pytest.approx(1.3)], 2)
    assert ends == pytest.approx([100, 130 / 3.3], abs=0.02)


def test_measured_figures_are_told_from_assumed_ones():
    item_type, rita = factories.item_type(**TYPED), factories.person("rita", "reviewers")
    for _ in range(20):
        look(factories.submit(0.85), by=rita, seconds=50)
    people = page(signed_in("leads"), item_type).context["people"]
    assert [(one["name"], one["looks"].seconds, one["usual"]["time"]) for one in people] == [
        ("Reviewers", 50, False),
        ("Experts", 72, True),
    ]


@pytest.mark.parametrize(("role", "status"), [("reviewers", 403), ("compliance", 200)])
def test_who_sees_item_types_sees_their_costs(role, status):
    assert page(signed_in(role), factories.item_type(**TYPED)).status_code == status


def test_the_page_costs_as_many_statements_for_ten_looks_as_for_one():
    item_type, rita = factories.item_type(**TYPED), factories.person("rita", "reviewers")
    client = signed_in("leads")
    look(factories.submit(0.85), by=rita, label="positive")
    with counted(most=14) as first:
        page(client, item_type)
    for _ in range(9):
        look(factories.submit(0.85), by=rita, label="positive")
    with counted(most=len(first)):
        page(client, item_type)


def test_the_item_types_form_links_the_page():
    item_type = factories.item_type()
    form = signed_in("leads").get(reverse("admin:routing_itemtype_change", args=[item_type.pk]))
    assert reverse("admin:routing_itemtype_economics", args=[item_type.pk]) in form.content.decode()
