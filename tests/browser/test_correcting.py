"""The last answer is corrected by the keyboard alone, at both sizes."""

import pytest
from playwright.sync_api import expect

from labeling.models import Label, Review
from tests import factories
from tests.browser.conftest import PHONE, WIDE, known_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def page(open_page, request):
    """The work page of a signed-in person for whom three items wait."""
    factories.item_type()
    for _ in range(3):
        factories.submit(0.85)
    page = open_page(request.param)
    known_to(page, factories.person("rita", "reviewers"))
    page.goto("/review/work/")
    return page


def undo(page):
    page.keyboard.press("z")
    page.wait_for_url("**/review/undo/")  # keys are heard once all of it is there
    expect(page.get_by_role("heading", name="Correcting your last answer")).to_be_visible()


def test_a_wrong_key_is_undone_and_the_item_in_hand_comes_back(page):
    page.keyboard.press("Enter")
    page.get_by_text("1 answered").wait_for()
    second = page.locator(".ref").inner_text()
    undo(page)
    page.keyboard.press("1")
    expect(page.locator(".ref")).to_have_text(second)
    assert page.url.endswith("/review/work/")
    said = Review.objects.get()
    assert (said.label, said.corrected_at is None) == ("negative", False)
    assert Label.objects.filter(superseded_at__isnull=True).get().label == "negative"


def test_who_leaves_has_said_what_they_said(page):
    page.keyboard.press("Enter")
    page.get_by_text("1 answered").wait_for()
    undo(page)
    page.keyboard.press("s")
    page.wait_for_url("**/review/work/")
    assert (Review.objects.get().label, Review.objects.get().corrected_at) == ("positive", None)


def test_too_late_is_said_and_nothing_that_was_typed_is_lost(page):
    page.keyboard.press("Enter")
    page.get_by_text("1 answered").wait_for()
    undo(page)
    page.keyboard.press("c")
    page.keyboard.type("The view was not.")
    page.keyboard.press("Escape")
    Review.objects.update(correcting_until="2026-01-01T00:00:00Z")
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_contain_text("What you said stands.")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("The view was not.")
    assert Review.objects.get().label == "positive"
    page.problems.clear()  # the browser's console notes the 409 itself
