"""Decided cases come to stand beside an item after it is painted, and nothing moves for them."""

import pytest

from labeling import tasks
from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments
from routing.models import Item
from tests import factories
from tests.browser.conftest import PHONE, WIDE, known_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXTS = [f"The parcel arrived {number} weeks late and nobody answered the telephone." for number in range(4)]
WATCH = """
window.moved = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.moved += one.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_decided_cases_come_and_nothing_moves(open_page, size):
    factories.item_type()
    bea, rita = factories.person("bea", "reviewers"), factories.person("rita", "reviewers")
    for text in TEXTS[:2]:
        factories.submit(0.85, payload={"text": text})
        review.submit(assignments.claim(by=bea).pk, Answer("edit", label="negative"), by=bea)
    Item.objects.update(held_out=False)
    tasks.note_precedents()
    for text in TEXTS[2:]:
        factories.submit(0.85, payload={"text": text})
    page = open_page(size, cold=True)
    page.add_init_script(WATCH)
    known_to(page, rita)
    page.goto("/review/work/")
    for text in TEXTS[2:]:
        page.get_by_text(text).wait_for()
        page.locator(".case").nth(1).wait_for()
        assert sorted(page.locator(".case .asked").all_inner_texts()) == TEXTS[:2]
        assert page.locator(".case .made").all_inner_texts() == ["negative", "negative"]
        assert page.evaluate("window.moved") < 0.01
        page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


def test_a_blind_look_keeps_no_place_for_them(open_page):
    factories.item_type(blind_share=1.0)
    factories.submit(0.85)
    page = open_page()
    known_to(page, factories.person("rita", "reviewers"))
    page.goto("/review/work/")
    assert page.locator("main .text").count() == 1
    assert page.locator(".alike").count() == 0
