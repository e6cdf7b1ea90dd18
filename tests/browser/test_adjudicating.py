"""An expert takes somebody's answer with one key, at desktop and phone size."""

import base64

import pytest
from playwright.sync_api import expect

from labeling.models import Review
from routing.models import Item
from tests import factories
from tests.browser.conftest import PHONE, WIDE, known_to
from tests.labeling.opinions import answer, reviewers
from tests.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_key_takes_what_somebody_else_said(open_page, size):
    factories.item_type("answers", kind="generation", labels=[], opinions_wanted=2)
    payload = {"query": "When does it open?", "context": [], "output": "On Sunday at 10."}
    factories.submit(0.85, to="answers", payload=payload, label="On Sunday at 10.")
    for person, said in zip(reviewers("anna", "ben"), ("On Monday at 10.", "On Sunday at 9."), strict=True):
        answer(person, said, comment="See the door.")
    page = open_page(size)
    known_to(page, factories.person("edgar", "experts"))
    page.goto("/review/work/")
    others = page.get_by_role("region", name="What others said")
    expect(others.locator("ins")).to_have_text(["Monday", "9"])
    expect(others.get_by_role("button", name="Take the answer of ben")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press(others.locator("button").last.get_attribute("data-key"))
    expect(page.locator(".saved")).to_contain_text("On Sunday at 9.")
    assert (Item.objects.get().label, Review.objects.latest("id").label) == ("On Sunday at 9.",) * 2


@pytest.mark.parametrize(("cover", "shown"), [("nothing", 2), ("blur", 0)])
def test_what_others_drew_is_seen_upon_the_picture_unless_that_is_covered(open_page, cover, shown):
    factories.item_type("cars", kind="detection", labels=["car"], opinions_wanted=2, cover=cover)
    source = f"data:image/png;base64,{base64.b64encode(picture(28, 28)).decode()}"
    factories.submit(0.85, to="cars", payload={"image": source, "width": 28, "height": 28}, label=[])
    for person, said in zip(
        reviewers("anna", "ben"), ([], [{"label": "car", "box": [2, 2, 9, 9]}]), strict=True
    ):
        answer(person, said)
    page = open_page()
    known_to(page, factories.person("edgar", "experts"))
    page.goto("/review/work/")
    expect(page.locator("[data-viewer][data-ready]")).to_be_visible()
    sources = page.locator(".drawn image").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert (page.locator(".drawn").count(), sources) == (2, [source] * shown)
