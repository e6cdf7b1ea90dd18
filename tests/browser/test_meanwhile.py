"""What somebody does at an item while the page waits for something is neither lost nor misunderstood."""

import re

import pytest

from labeling.models import Review
from routing.models import Assignment
from tests import factories
from tests.browser.conftest import digits_waiting, is_sending, known_to
from tests.browser.holding import STOPS, Held, answers_held, hold_answers, let_go, stand_still
from tests.browser.kinds_at_work import CAR, WORK, waiting
from tests.browser.test_kinds_drawn import at_a_picture, boxes, by_mouse, drag
from tests.browser.test_kinds_text import moved_on, press, seat_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RENEW = "document.dispatchEvent(new Event('visibilitychange'))"  # who comes back to a page renews its lease
SAVED = {"Content-Disposition": "attachment"}
STAYS = 2000  # milliseconds, as work.js has it
ANSWER = r"seats/\d+/$"
KEPT = """Object.fromEntries(Object.keys(localStorage).filter(key => key.startsWith("draft:"))
    .map(key => [key.split(":").at(-1), JSON.parse(localStorage.getItem(key)).value]))"""


@pytest.fixture
def page(open_page, rita):
    """A page of a reviewer; what waits is made before it is opened."""
    page = open_page(cold=True)
    known_to(page, rita)
    return page


def sent(page):
    """Return a list that fills with the addresses of the answers that a page sends."""
    addresses = []
    page.on("request", lambda one: addresses.append(one.url) if re.search(ANSWER, one.url) else None)
    return addresses


def test_what_is_typed_before_the_last_script_is_there_is_no_act(page):
    waiting(WORK["generation"])
    scripts = Held(page, "**/answer.js")
    page.goto("/review/work/", wait_until="commit")
    page.wait_for_function("() => window.Diff")  # the script before it: all others have run
    press(page, ("i", "type:x"))
    assert not is_sending(page)
    scripts.let_go()
    page.wait_for_load_state()
    press(page, ("i", "type: Now.", "Control+Enter"))
    page.get_by_text("1 answered").wait_for()
    assert Review.objects.get().label == "The fee is 3 percent. Now."


def test_an_item_of_another_kind_is_shown_once_its_scripts_are_there(page):
    factories.item_type()
    factories.submit(0.85)
    waiting(WORK["generation"])
    page.goto("/review/work/")
    scripts = Held(page, "**/answer.js")
    seat = seat_of(page)
    press(page, ("Enter",))
    page.wait_for_function("() => window.Diff")
    press(page, ("i", "type:x"))
    assert seat_of(page) == seat
    scripts.let_go()
    moved_on(page, seat)
    press(page, ("i", "type: Now.", "Control+Enter"))
    page.get_by_text("2 answered").wait_for()
    assert Review.objects.latest("id").label == "The fee is 3 percent. Now."


def test_a_key_that_is_pressed_while_the_page_is_left_answers_nothing(page):
    digits_waiting(2)
    page.goto("/review/work/")
    seat = seat_of(page)
    press(page, ("7",))
    moved_on(page, seat)
    undo = Held(page, "**/review/undo/")
    answers = sent(page)
    press(page, ("z", "1"))
    undo.let_go()
    page.wait_for_url("**/review/undo/")
    assert (answers, Review.objects.get().label) == ([], "7")
    press(page, ("1",))
    page.wait_for_url("**/review/work/")
    assert Review.objects.get().label == "1"


def test_who_stays_after_all_goes_on_answering(page):
    digits_waiting(2)
    page.goto("/review/work/")
    seat = seat_of(page)
    press(page, ("7",))
    moved_on(page, seat)
    page.evaluate(STOPS)
    Held(page, "**/review/undo/")
    press(page, ("z", "Escape", "7"))
    page.get_by_text("Nothing waits for you").wait_for()
    assert Review.objects.count() == 2


def test_who_saves_a_file_goes_on_answering(page):
    digits_waiting(1)
    stand_still(page)
    page.goto("/review/work/")
    page.route("**/saved", lambda route: route.fulfill(body="", headers=SAVED))
    with page.expect_download():
        page.evaluate("location.href = '/saved'")  # nothing tells a page that it is not left
    page.clock.run_for(STAYS)
    press(page, ("7",))
    page.get_by_text("Nothing waits for you").wait_for()


def test_an_answer_on_its_way_is_not_told_to_be_lost(page):
    digits_waiting(2)
    hold_answers(page, ANSWER)
    page.goto("/review/work/")
    seat = seat_of(page)
    press(page, ("7",))
    answers_held(page, 1)
    with page.expect_response("**/renew/") as renewed:
        page.evaluate(RENEW)
    assert renewed.value.status == 409
    assert page.locator("#notice").is_hidden()
    let_go(page, 0)
    moved_on(page, seat)
    page.problems.clear()  # the browser's console notes the 409 itself


def test_a_lease_renewed_for_the_item_before_says_nothing_of_this_one(page):
    digits_waiting(2)
    hold_answers(page, "/renew/")
    page.goto("/review/work/")
    seat = seat_of(page)
    page.evaluate(RENEW)
    answers_held(page, 1)
    press(page, ("7",))
    moved_on(page, seat)
    until = page.locator("main").get_attribute("data-until")
    let_go(page, 0)
    assert page.locator("main").get_attribute("data-until") == until


def test_a_lease_that_is_lost_takes_no_word_from_who_types(page):
    factories.item_type("many", labels=[f"label {n}" for n in range(40)])
    factories.submit(0.85, to="many", label="label 1")
    page.goto("/review/work/")
    press(page, ("/", "type:lab"))
    Assignment.objects.update(user=factories.person("otto", "reviewers"))
    page.evaluate(RENEW)
    page.get_by_text("no longer in your hands").wait_for()
    page.keyboard.type("el")
    assert page.locator("[data-find]").input_value() == "label"
    page.problems.clear()  # the browser's console notes the 409 itself


def test_keys_held_down_and_the_second_half_of_a_double_click_answer_one_item(page):
    waiting(WORK["generation"])
    page.goto("/review/work/")
    seat = seat_of(page)
    press(page, ("i",))
    page.keyboard.down("Control")
    page.keyboard.down("Enter")
    moved_on(page, seat)
    page.keyboard.down("Enter")
    assert not is_sending(page)
    page.keyboard.up("Enter")
    page.keyboard.up("Control")
    seat = seat_of(page)
    page.get_by_role("button", name="Approve").click()
    moved_on(page, seat)
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    assert not is_sending(page)
    assert Review.objects.count() == 2


def test_what_is_entered_before_a_draft_is_back_stays(page):
    waiting(WORK["classification"])
    page.goto("/review/work/")
    press(page, ("1", "c", "type:Old.", "Escape"))
    scripts = Held(page, "**/drafts.js")
    page.goto("/review/work/", wait_until="commit")
    page.locator(".comment summary").click()
    page.locator("#comment").fill("New.")
    page.get_by_label("food").check()
    scripts.let_go()
    page.wait_for_load_state()
    assert page.locator("#comment").input_value() == "New."
    assert page.evaluate(KEPT) == {"comment": "New.", "labels": ["food", "money"]}


def test_an_argument_that_is_changed_before_the_script_is_there_stays_changed(page):
    waiting(WORK["agent_action"])
    scripts = Held(page, "**/agent_action.js")
    page.goto("/review/work/", wait_until="commit")
    page.locator("[data-arg=sum] input").fill("18")
    scripts.let_go()
    page.wait_for_load_state()
    press(page, ("Escape", "Enter"))
    page.get_by_text("1 answered").wait_for()
    assert Review.objects.get().label["args"]["sum"] == 18


def test_a_box_that_is_drawn_while_the_next_picture_comes_is_not_put_into_that(page, rita):
    at_a_picture(page, rita, CAR, many=2)
    at = by_mouse(page)
    seat = seat_of(page)
    stand_still(page)
    drag(page, at(120, 30), at(160, 70))
    press(page, ("Enter",))
    moved_on(page, seat)
    page.clock.run_for(10)
    assert boxes(page) == ["1\ncar\n60 × 60"]
