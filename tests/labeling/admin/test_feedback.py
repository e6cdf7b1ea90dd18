"""The admin sees feedback by item type, and what production said of single items."""

import pytest
from django.urls import reverse

from labeling.answering import review
from labeling.answering.review import Answer
from labeling.feedback import reports
from routing import assignments
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db
LIST = "/admin/labeling/productionfeedback/"


def world(answers=0, **fields):
    """Return an item type of which rita has corrected so many answers and approved as many."""
    made = factories.item_type(**fields)
    rita = factories.person("rita", "reviewers")
    for number in range(2 * answers):
        factories.submit(0.85)
        said = Answer("edit", "negative") if number % 2 else Answer("approve")
        review.submit(assignments.claim(by=rita).pk, said, by=rita)
    return made


def page(made, browser=None, **query):
    """Return the page of feedback on the item type."""
    browser = browser or signed_in("leads")
    return browser.get(reverse("admin:routing_itemtype_feedback", args=[made.pk]), query)


def test_it_says_what_to_mend_first():
    made = world(answers=12)
    html = page(made).content.decode()
    assert "The model is right in <strong>50.0 %</strong>" in html
    assert '<th scope="row">positive</th><td class="number"><strong>50.0 %</strong>' in html
    assert '<th scope="row">0.8 to 0.9</th>' in html


def test_too_few_answers_are_called_too_few():
    html = page(world(answers=2)).content.decode()
    assert "4 judged answers so far: too few to say what to mend" in html
    assert "The model is right" not in html


def test_of_a_new_type_it_says_that_there_is_nothing():
    html = page(world(reuse_corrections=False)).content.decode()
    assert "Nobody looked at an answer of a model." in html
    assert "Nothing yet. Clients tell it with POST /api/v1/feedback/." in html
    assert "Switched off: “reuse corrections”" in html


def test_an_unknown_window_is_the_usual_one():
    made, browser = world(), signed_in("leads")
    assert page(made, browser, days="7").context["days"] == 7
    assert [page(made, browser, days=one).context["days"] for one in ("x", "1", "")] == [30, 30, 30]


def test_more_answers_take_no_more_statements():
    made, browser = world(answers=12), signed_in("leads")
    with counted(most=16) as few:
        page(made, browser)
    rita = factories.person("ruth", "reviewers")
    factories.submit(0.85)
    review.submit(assignments.claim(by=rita).pk, Answer("edit", "negative"), by=rita)
    with counted(most=len(few)):
        page(made, browser)


@pytest.mark.parametrize(("group", "status"), [("leads", 200), ("compliance", 200), ("reviewers", 302)])
def test_who_sees_figures_sees_it(group, status):
    assert page(world(), signed_in(group)).status_code == status


def test_what_production_said_is_listed_and_read_only():
    world()
    factories.submit(0.99, ref="a")
    word = {"item_type": "sentiment", "item_ref": "a", "correct": False, "label": "negative"}
    [received] = reports.receive([word], by=factories.person("shop"))
    browser = signed_in("leads")
    html = browser.get(LIST, {"q": "a"}).content.decode()
    assert '<span class="badge bad">wrong</span>' in html.replace("'", '"')
    assert browser.get(LIST, {"q": "b"}).context["cl"].result_count == 0
    detail = browser.get(f"{LIST}{received.feedback.pk}/change/")
    assert (detail.status_code, b'name="_save"' in detail.content) == (200, False)
