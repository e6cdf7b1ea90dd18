"""Leads see which corrections are in use, and end those that they doubt."""

import pytest

from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments
from routing.models import Correction
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db
URL = "/admin/routing/correction/"


def corrected(*texts):
    """Return the corrections of these texts from positive to negative, by rita."""
    factories.item_type(reuse_corrections=True)
    rita = factories.person("rita", "reviewers")
    for text in texts:
        factories.submit(0.85, ref=text, payload={"text": text})
        review.submit(assignments.claim(by=rita).pk, Answer("edit", "negative"), by=rita)
    return list(Correction.objects.order_by("id"))


def listed(browser, **query):
    """Return the references of the corrected items that the list shows."""
    return [one.item.item_ref for one in browser.get(URL, query).context["cl"].result_list]


def end(browser, rows):
    """Take the action on these rows."""
    data = {"action": "end", "_selected_action": [one.pk for one in rows]}
    return browser.post(URL, data, follow=True).content.decode()


def test_those_in_force_are_listed_with_their_uses():
    corrected("a", "b")
    factories.submit(0.99, payload={"text": "a"})
    browser = signed_in("leads")
    html = browser.get(URL).content.decode()
    assert listed(browser) == ["b", "a"]
    assert '<td class="field-uses">1</td>' in html
    assert '<td class="field-mistake">positive</td><td class="field-answer">negative</td>' in html


def test_a_lead_ends_one_and_the_model_judges_again():
    first, _ = corrected("a", "b")
    browser = signed_in("leads")
    assert "1 ended: the same input is judged by the model again." in end(browser, [first])
    assert (listed(browser), listed(browser, state="ended")) == (["b"], ["a"])
    assert listed(browser, state="all") == ["b", "a"]
    labels = [factories.submit(0.99, payload={"text": text}).label for text in ("a", "b")]
    assert labels == ["positive", "negative"]


def test_who_may_only_read_ends_nothing():
    rows = corrected("a")
    browser = signed_in("compliance")
    assert "ended:" not in end(browser, rows)
    assert Correction.objects.filter(ended_at__isnull=True).count() == 1


def test_one_is_explained_on_its_page_and_nothing_can_be_typed():
    [row] = corrected("a")
    html = signed_in("leads").get(f"{URL}{row.pk}/change/").content.decode()
    assert "Items with the very same input" in html
    assert 'name="_save"' not in html


def test_an_item_is_found_by_its_reference():
    corrected("a", "b")
    assert listed(signed_in("leads"), q="a") == ["a"]


def test_more_corrections_take_no_more_statements():
    corrected("a", "b", "c", "d")
    browser = signed_in("leads")
    with counted(most=20) as first:
        browser.get(URL, {"q": "a"})
    with counted(most=len(first)):
        browser.get(URL)
