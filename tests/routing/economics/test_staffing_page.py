"""The page that answers what if: real figures filled in, and what other ones would mean."""

import pytest
from django.urls import reverse

from routing.admin import staffing as page
from routing.economics import staffing
from routing.economics.staffing import Load
from routing.models import Queue
from tests import factories
from tests.people import signed_in
from tests.routing.looked import look
from tests.statements import counted

pytestmark = pytest.mark.django_db

ASKED = {"per_hour": 320, "seconds": 30, "cv": 1.2, "people": 3, "sla": 2}


def address(queue=None):
    return reverse("admin:routing_queue_staffing", args=[(queue or factories.queue()).pk])


def asked(client, **changes):
    """Return the page's answer to a question."""
    return client.get(address(), {**ASKED, **changes})


def test_the_real_figures_are_filled_in():
    factories.item_type()
    rita = factories.person("rita", "reviewers")
    for _ in range(20):
        look(factories.submit(0.85), by=rita, seconds=40, days_ago=1 / 240)
    form = signed_in("leads").get(address()).context["form"]
    assert form.data == {"per_hour": 5.0, "seconds": 40.0, "cv": 0.0, "people": 1, "sla": 120}


def test_an_empty_queue_is_filled_in_with_the_usual_look():
    response = signed_in("leads").get(address())
    assert response.context["form"].data == {
        "per_hour": 0.0,
        "seconds": 36.0,
        "cv": 1.0,
        "people": 1,
        "sla": 120,
    }
    assert "Nothing came in and nobody answered" in response.content.decode()


def test_the_answer_is_that_of_the_queueing_model():
    context = asked(signed_in("leads")).context
    load = Load(320, 30, 1.2)
    assert (context["now"]["wait"], context["now"]["late"], context["needed"]) == (
        staffing.mean_wait(load, 3),
        staffing.late_share(load, 3, 120),
        staffing.people_needed(load, 120),
    )
    assert [row["people"] for row in context["rows"]] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_queue_that_outgrows_its_people_says_how_fast():
    response = asked(signed_in("leads"), people=2)
    assert (response.context["now"]["wait"], response.context["now"]["growth"]) == (None, pytest.approx(80))
    assert "80 an hour" in response.content.decode()


def test_work_that_nobody_can_do_is_answered_too():
    response = asked(signed_in("leads"), per_hour=1_000_000, seconds=86_400)
    assert (response.context["needed"], "more than 10 000" in response.content.decode()) == (None, True)


def test_the_threshold_that_would_meet_it_comes_with_its_errors():
    factories.item_type(cost_error=5.0)
    rita = factories.person("rita", "reviewers")
    for number in range(40):
        look(factories.submit(0.9 if number % 2 else 0.7), by=rita, label="positive")
    relief = asked(signed_in("leads"), people=2, per_hour=250).context["relief"]
    assert (relief.threshold, relief.automated, relief.error, relief.answers) == (0.9, 0.5, 0, 40)


def test_errors_are_unknown_where_nobody_has_looked():
    factories.item_type()
    for score in (0.9, 0.7):
        factories.submit(score)
    response = asked(signed_in("leads"), people=2, per_hour=250)
    assert (response.context["relief"].error, response.context["relief"].threshold) == (None, 0.9)
    assert "unknown: people know the truth of 0 items" in response.content.decode()


@pytest.mark.parametrize("wrong", [{"people": 0}, {"seconds": "soon"}, {"cv": "nan"}, {"per_hour": -1}])
def test_what_cannot_be_is_refused_in_words(wrong):
    response = asked(signed_in("leads"), **wrong)
    assert (response.status_code, list(response.context["form"].errors)) == (200, list(wrong))
    assert "now" not in response.context


@pytest.mark.parametrize(("role", "status"), [("reviewers", 403), ("compliance", 200)])
def test_who_sees_queues_sees_their_staffing(role, status):
    assert signed_in(role).get(address(), follow=True).status_code == status


def test_a_queue_that_is_not_there_has_no_page():
    url = reverse("admin:routing_queue_staffing", args=[999])
    assert signed_in("leads").get(url).status_code == 404


def test_the_page_costs_as_many_statements_for_ten_items_as_for_one():
    factories.item_type()
    client = signed_in("leads")
    factories.submit(0.85)
    with counted(most=12) as first:
        asked(client, people=2)
    for _ in range(9):
        factories.submit(0.85)
    with counted(most=len(first)):
        asked(client, people=2)


def test_form_and_list_link_the_page():
    queue = factories.queue()
    client = signed_in("leads")
    for url in ("changelist", "change"):
        args = [queue.pk] if url == "change" else []
        page = client.get(reverse(f"admin:routing_queue_{url}", args=args)).content.decode()
        assert page.count(address(queue)) == 1


def test_figures_beyond_what_can_be_asked_are_shown_at_the_limit():
    Queue.objects.filter(pk=factories.queue().pk).update(sla_minutes=2_000_000)
    response = signed_in("leads").get(address())
    assert (response.context["form"].data["sla"], response.context["form"].errors) == (100_000, {})


def test_answers_are_counted_up_to_a_cap_and_it_says_so(monkeypatch):
    monkeypatch.setattr(page, "CAP", 2)
    factories.item_type()
    rita = factories.person("rita", "reviewers")
    for _ in range(2):
        look(factories.submit(0.85), by=rita, days_ago=1 / 240)
    assert "at least 2 were answered" in signed_in("leads").get(address()).content.decode()
