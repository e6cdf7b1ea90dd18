"""The page of targets: who sees it, what it says, and how a target is changed."""

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import OperationalError
from django.urls import reverse

from hitl_project.goals import promises, running, sources
from routing.models import Target
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


def page(client, **asked):
    return client.get(reverse("targets"), asked)


def text(response):
    return " ".join(response.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def rows(response):
    return {row.name: row for row in response.context["board"].rows}


def test_a_stranger_is_sent_to_sign_in(client):
    assert page(client).url == f"{reverse('login')}?next=/targets/"


@pytest.mark.parametrize(
    ("role", "sees", "changes"),
    [
        ("reviewers", 403, 403),
        ("experts", 403, 403),
        ("clients", 403, 403),
        ("leads", 200, 403),
        ("compliance", 200, 403),
        ("admins", 200, 200),
    ],
)
def test_each_role_sees_and_changes_what_it_may(role, sees, changes):
    client = signed_in(role)
    found = (page(client).status_code, client.get(reverse("target-change", args=["review_rate"])).status_code)
    assert found == (sees, changes)


def test_each_figure_stands_beside_its_target():
    factories.item_type()
    for confidence in (0.97, 0.85):
        factories.submit(confidence)
    response = page(signed_in("leads"))
    row = rows(response)["automation_rate"]
    assert (row.actual, row.wanted, row.found.count) == (
        "50.0\N{NO-BREAK SPACE}%",
        "at least\N{NO-BREAK SPACE}85\N{NO-BREAK SPACE}%",
        2,
    )
    assert "about 2 more items would tell" in text(response).lower()


def test_one_item_type_stands_alone_by_its_own_target():
    factories.item_type()
    spam = factories.item_type("spam")
    factories.submit(0.97)
    factories.submit(0.3, to="spam")
    promises.promise("automation_rate", spam, {"value": 0.5}, by="system:test")
    row = rows(page(signed_in("leads"), item_type="spam"))["automation_rate"]
    assert (row.found.value, row.target, row.promise.own) == (0.0, 0.5, True)


def test_a_team_sees_its_own_types_and_no_figure_of_others():
    factories.item_type()
    factories.submit(0.97)
    running.run()
    hidden = factories.item_type("hidden")
    hidden.teams.add(Group.objects.create(name="claims"))
    factories.submit(0.3, to="hidden")
    response = page(signed_in("leads"))
    assert [one.slug for one in response.context["types"]] == ["sentiment"]
    assert rows(response)["automation_rate"].found.value == 1.0


@pytest.fixture
def slow(monkeypatch):
    """Let reading end before it is done."""

    def read(now, known=None):
        raise OperationalError("canceling statement due to statement timeout")

    return lambda: monkeypatch.setattr(sources, "read", read)


def test_where_nothing_was_read_and_reading_takes_too_long_the_nights_rows_are_shown(slow):
    factories.item_type()
    factories.submit(0.97)
    running.run()
    cache.clear()
    slow()
    response = page(signed_in("leads"))
    assert "Measuring takes a while" in text(response)
    assert (rows(response)["automation_rate"].found.value, response.context["board"].flows) == (1.0, [])


def test_reading_ends_after_its_time():
    with pytest.raises(OperationalError):
        sources.read(longest=0.0)


def test_a_changed_target_counts_at_once():
    client = signed_in("admins")
    response = client.post(reverse("target-change", args=["review_rate"]), {"value": "20", "alert": "on"})
    assert response.url == "/targets/?saved=review_rate#review_rate"
    assert rows(page(client))["review_rate"].target == 0.2


def test_a_target_that_moves_is_kept_with_its_days():
    path = {"value": "5", "start": "30", "starts_on": "2026-01-01", "ends_on": "2026-07-01"}
    signed_in("admins").post(reverse("target-change", args=["review_rate"]), path)
    row = Target.objects.get(metric="review_rate")
    found = (row.value, row.start, str(row.starts_on), str(row.ends_on), row.alert)
    assert found == (0.05, 0.3, "2026-01-01", "2026-07-01", False)


@pytest.mark.parametrize(
    "said",
    [
        {"value": "120"},
        {"value": "much"},
        {"value": "5", "start": "30"},
        {"value": "5", "start": "30", "starts_on": "2026-07-01", "ends_on": "2026-01-01"},
    ],
)
def test_what_can_not_be_a_target_is_refused_and_nothing_kept(said):
    response = signed_in("admins").post(reverse("target-change", args=["review_rate"]), said)
    assert (response.status_code, Target.objects.count()) == (400, 0)


def test_an_own_target_is_given_up_for_that_of_all():
    kept = factories.item_type()
    promises.promise("review_rate", kept, {"value": 0.2}, by="system:test")
    url = f"{reverse('target-change', args=['review_rate'])}?item_type=sentiment"
    signed_in("admins").post(url, {"withdraw": "1"})
    assert Target.objects.filter(item_type=kept).count() == 0


def test_an_unknown_figure_is_not_found():
    assert signed_in("admins").get("/targets/speed/").status_code == 404


def test_the_page_takes_as_many_statements_for_many_item_types():
    client = signed_in("leads")
    factories.item_type()
    for number in range(4):
        factories.item_type(f"more-{number}")
    with counted(most=35):
        page(client)
