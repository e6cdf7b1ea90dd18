"""The admin's page on drift: what is missing, what was found, what was done, and who may see it."""

import pytest
from django.urls import reverse

from learning.drift import looking
from routing import policies
from tests import factories
from tests.learning.drift import streams
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return signed_in("leads")


def page(client, made, **query):
    return client.get(reverse("admin:routing_itemtype_drift", args=[made.pk]), query)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_who_has_no_business_in_the_admin_is_sent_away():
    assert page(signed_in("reviewers", name="rita"), streams.item_type()).status_code == 302


def test_before_the_first_look_it_says_what_is_missing(lead):
    made = streams.item_type()
    assert "when a model, the server’s or your own, has made 400 decisions" in text(page(lead, made))
    streams.submit(30, seed=1)
    said = text(page(lead, made))
    assert "when clf@1 has made 400 decisions: so far it has made 30." in said


def test_a_steady_stream_is_called_so(lead):
    made = streams.item_type()
    streams.submit(450, seed=1)
    looking.look(made)
    shown = page(lead, made)
    assert [one["drifted"] for one in shown.context["panels"]] == [False] * 4
    assert "Nothing differs by more than chance alone would make of it." in text(shown)
    assert "Nothing is automated until somebody lifts it</dt><dd>no" in text(shown)


def test_drift_is_shown_with_its_reasons_its_pictures_and_the_items_that_are_new(lead):
    report = looking.look(streams.drifted({}))
    shown = page(lead, report.item_type)
    panels = {one["test"]: one for one in shown.context["panels"]}
    assert [one for one in panels if panels[one]["drifted"]] == ["inputs", "answers"]
    assert all(one.replace("“", "“") in text(shown) for one in report.reasons)
    assert len(panels["scores"]["picture"]["bins"]) == 20
    assert {item.context["country"] for item in panels["inputs"]["picture"]["unlike"]} == {"at"}
    assert "Done about it: people are asked about up to 100" in text(shown)


def test_a_stop_is_shown_with_the_way_to_lift_it_until_it_is(lead):
    plan = {"drift_tightens": True, "drift_samples": False}
    made = looking.look(streams.drifted(plan)).item_type
    publish = reverse("admin:routing_itemtype_publish", args=[made.pk])
    assert f'People look at everything until somebody lifts it: <a href="{publish}">' in text(
        page(lead, made)
    )
    policies.put_forward(made, reason="looked into it", by=factories.person("bob"))
    assert "People look at everything until" not in text(page(lead, made))


def test_earlier_looks_can_be_opened(lead):
    made = streams.drifted()
    first = looking.look(made)
    streams.submit(60, seed=3)
    second = looking.look(made, now=streams.later())
    assert page(lead, made).context["report"] == second
    assert page(lead, made, look=first.pk).context["report"] == first
    assert page(lead, made, look="nonsense").context["report"] == second


def test_weeks_of_overturned_answers_are_drawn(lead):
    made = streams.item_type(automate=False)
    items = streams.submit(450, seed=1)
    for place, item in enumerate(items[:100]):
        item.status, item.decided_by, item.decided_at = "approved", "user:rita", streams.later(hours=-1)
        item.label = "neither" if place % 10 == 0 else item.predictions.get(rank=0).label
        item.save()
    looking.look(made)
    panel = next(one for one in page(lead, made).context["panels"] if one["test"] == "overrides")
    (week,) = panel["picture"]["weeks"]
    assert (week.words.partition(": ")[2], panel["drifted"]) == ("10 of 100 overturned", False)


def test_the_page_costs_few_statements(lead):
    made = looking.look(streams.drifted({})).item_type
    page(lead, made)
    with counted(most=12):
        page(lead, made)
