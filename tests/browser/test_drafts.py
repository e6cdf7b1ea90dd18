"""What somebody enters outlives reloads, restarts and other tabs, and goes when it is stored."""

import pytest

from labeling.models import Review
from routing import names
from routing.models import Assignment
from tests import factories
from tests.browser.conftest import WIDE, digits_waiting, known_to
from tests.browser.kinds_at_work import WORK, waiting
from tests.browser.test_kinds_text import moved_on, press, seat_of
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def at_work(page, person):
    known_to(page, person)
    page.goto("/review/work/")
    return page


def drafts(page):
    return page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:')).length")


def test_a_draft_outlives_the_browser_and_goes_once_it_is_stored(open_page, rita):
    waiting(WORK["generation"])
    page = at_work(open_page(), rita)
    press(page, ("i", "type: Soon.", "Escape"))
    kept = page.context.storage_state()
    page = at_work(open_page(WIDE, cold=True, storage_state=kept), rita)
    page.get_by_text("What you entered here before is back.").wait_for()
    assert page.locator("#edited").input_value() == "The fee is 3 percent. Soon."
    seat = seat_of(page)
    press(page, ("Enter",))
    moved_on(page, seat)
    assert drafts(page) == 0
    assert Review.objects.get().label == "The fee is 3 percent. Soon."


def test_starting_afresh_brings_back_what_the_server_sent(open_page, rita):
    waiting(WORK["classification"])
    page = at_work(open_page(), rita)
    press(page, ("1", "c", "type:Hm.", "Escape"))
    page.reload()
    page.get_by_role("button", name="Start afresh").press("Enter")
    assert page.locator("[name=labels]:checked").evaluate_all("all => all.map(one => one.value)") == ["money"]
    assert page.locator("#comment").input_value() == ""
    assert drafts(page) == 0


def test_a_draft_is_nobody_elses(open_page, rita):
    digits_waiting(1)
    page = at_work(open_page(), rita)
    press(page, ("c", "type:Mine.", "Escape"))
    Assignment.objects.update(user=None, claimed_at=None, leased_until=None)
    at_work(page, factories.person("otto", "reviewers"))
    assert page.locator("#comment").input_value() == ""
    assert drafts(page) == 1


def test_drafts_are_thrown_away_after_two_weeks(open_page, rita):
    digits_waiting(1)
    page = at_work(open_page(), rita)
    press(page, ("c", "type:Old.", "Escape"))
    page.evaluate(
        "for (const key of Object.keys(localStorage))"
        " localStorage.setItem(key, JSON.stringify({at: Date.now() - 15 * 86400000, value: 'Old.'}))"
    )
    page.reload()
    assert page.locator("#comment").input_value() == ""
    assert drafts(page) == 0


def test_closing_one_of_two_tabs_leaves_the_item_to_the_other(open_page, rita, given_back):
    digits_waiting(2)
    first = at_work(open_page(), rita)
    second = first.context.new_page()
    second.goto("/review/work/")
    second.get_by_text("open in another tab too").wait_for()
    seat = Assignment.objects.get(user=rita).pk
    assert names.of_seat(seat) == int(seat_of(first))
    second.goto("/review/")
    first.locator("main:not([data-shared])").wait_for()
    first.goto("/review/")
    until(lambda: Assignment.objects.filter(user=rita).count() == 0)
    assert given_back == [seat]


def test_skipping_in_one_tab_is_said_in_the_other(open_page, rita):
    digits_waiting(2)
    first = at_work(open_page(), rita)
    press(first, ("c", "type:Hard.", "Escape"))
    second = first.context.new_page()
    second.goto("/review/work/")
    press(second, ("s",))
    first.get_by_text("skipped this item in another tab").wait_for()
    assert first.locator("#comment").input_value() == "Hard."
    assert drafts(first) == 1


def test_the_picture_of_the_next_item_is_fetched_before_it_is_needed(open_page, rita):
    page = open_page()
    factories.item_type()
    pictures = [f"{page.server}/static/img/mark.svg?{name}" for name in ("one", "two")]
    for picture in pictures:
        factories.submit(0.85, payload={"image": picture})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_request(pictures[1]):
        at_work(page, rita)
    assert [one for one in asked if one in pictures] == pictures
