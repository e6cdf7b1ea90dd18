"""What the keys do, and when they keep still."""

import pytest
from playwright.sync_api import expect

from labeling.models import Review
from labeling.pages import keymaps
from labeling.pages.keys import usual
from routing.models import Item
from tests import factories
from tests.browser.conftest import digits_waiting, is_sending, known_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COUNTRIES = [
    "Austria",
    "Belgium",
    "Chile",
    "Denmark",
    "Estonia",
    "Finland",
    "Ghana",
    "Haiti",
    "Iran",
    "Japan",
]


@pytest.fixture
def page(open_page, rita):
    """The work page of a signed-in person; a test makes what waits before it loads the page."""
    factories.queue()
    page = open_page()
    known_to(page, rita)
    return page


def test_what_is_typed_into_a_comment_is_no_act(page):
    digits_waiting(1)
    page.goto("/review/work/")
    page.keyboard.press("c")
    page.keyboard.type("axes 7?")
    assert (page.locator("#comment").input_value(), is_sending(page)) == ("axes 7?", False)
    assert Review.objects.count() == 0


def test_a_label_is_found_by_typing(page):
    factories.item_type("countries", labels=COUNTRIES)
    factories.submit(0.85, to="countries", label="Austria")
    page.goto("/review/work/")
    page.keyboard.press("/")
    page.keyboard.type("hai")
    assert page.locator(".choice:visible").all_inner_texts() == ["8\nHaiti"]
    page.keyboard.press("Enter")
    page.get_by_text("Nothing waits for you").wait_for()
    assert Item.objects.get().label == "Haiti"


def test_arrows_walk_down_a_column_of_labels_and_back_to_the_search(page):
    factories.item_type("countries", labels=COUNTRIES)
    factories.submit(0.85, to="countries", label="Austria")
    page.goto("/review/work/")
    seen = []
    for key in ("/", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(page.evaluate("document.activeElement.dataset.name ?? 'search'"))
    assert seen == ["search", "Austria", "Chile", "Estonia", "Chile", "Austria", "search"]


def test_a_key_brings_the_guidelines_into_sight_and_enter_still_approves(page):
    factories.item_type("long", labels=["no", "yes"], guidelines="\n\n".join(["Judge all of it."] * 40))
    factories.submit(0.85, to="long", label="yes")
    page.goto("/review/work/")
    expect(page.locator(".guidelines summary")).to_be_visible()
    before = page.evaluate("document.querySelector('.panel').scrollTop")
    page.keyboard.press("g")
    assert page.evaluate("document.querySelector('.panel').scrollTop") > before
    expect(page.locator(".guidelines summary")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.get_by_text("Nothing waits for you").wait_for()


def test_escape_leaves_the_search_and_shows_all_labels_again(page):
    factories.item_type("countries", labels=COUNTRIES)
    factories.submit(0.85, to="countries", label="Austria")
    page.goto("/review/work/")
    page.keyboard.press("/")
    page.keyboard.type("zzz")
    page.keyboard.press("Escape")
    assert page.locator(".choice:visible").count() == len(COUNTRIES)
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_question_mark_lists_the_keys_which_rest_meanwhile(page):
    digits_waiting(1)
    page.goto("/review/work/")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("7")
    closed(page)
    assert not is_sending(page)
    assert Review.objects.count() == 0


def closed(page):
    """Close the help, and wait until it is: the keys rest as long as it is open."""
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_single_keys_can_be_switched_off(page):
    digits_waiting(1)
    page.goto("/review/work/")
    page.keyboard.press("?")
    page.get_by_label("Use single keys on this device").uncheck()
    closed(page)
    page.keyboard.press("7")
    assert not is_sending(page)
    page.reload()
    page.keyboard.press("7")
    assert not is_sending(page)
    assert Review.objects.count() == 0
    page.keyboard.press("?")
    page.get_by_label("Use single keys on this device").check()
    closed(page)
    page.keyboard.press("7")
    page.get_by_text("Nothing waits for you").wait_for()
    assert Review.objects.get().label == "7"


def test_doubt_is_said_by_a_key_and_taken_back_by_the_same(page):
    digits_waiting(2)
    page.goto("/review/work/")
    first = page.locator("main").get_attribute("data-seat")
    page.keyboard.press("u")
    page.keyboard.press("7")
    page.wait_for_function("seat => document.querySelector('main').dataset.seat !== seat", arg=first)
    page.keyboard.press("y")
    page.keyboard.press("y")
    page.keyboard.press("7")
    page.get_by_text("Nothing waits for you").wait_for()
    assert list(Review.objects.order_by("id").values_list("confidence", flat=True)) == [0.5, None]


def test_enter_on_a_focused_control_presses_that_control(page):
    digits_waiting(1)
    page.goto("/review/work/")
    page.get_by_role("button", name="3", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_text("Nothing waits for you").wait_for()
    assert Review.objects.get().label == "3"


def test_a_digit_row_that_needs_shift_still_chooses_digits(page):
    digits_waiting(1)
    page.goto("/review/work/")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'è', code: 'Digit7', bubbles: true}))"
    )
    page.get_by_text("Nothing waits for you").wait_for()
    assert Review.objects.get().label == "7"


def test_pausing_by_key_twice_ends_the_sitting(page, rita):
    digits_waiting(2)
    page.goto("/review/work/")
    page.keyboard.press("7")
    page.get_by_text("1 answered").wait_for()
    page.keyboard.press("p")
    page.get_by_role("heading", name="A pause").wait_for()
    page.wait_for_load_state()
    page.keyboard.press("p")
    page.get_by_role("heading", name="No sitting is open").wait_for()
    assert rita.sittings.get().ended_at is not None


def test_the_choice_of_light_or_dark_is_remembered(page):
    page.goto("/review/")
    page.get_by_role("button", name="Light or dark").click()
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_work_that_comes_in_is_announced_where_nothing_waited(open_page, rita):
    factories.item_type()
    page = open_page(cold=True)  # a clock of its own is its context's, for good
    known_to(page, rita)
    page.clock.install()
    page.goto("/review/work/")
    factories.submit(0.85)
    page.clock.run_for(21_000)
    page.get_by_text("Work has come in").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("So so.").wait_for()
    assert Item.objects.get().assignments.get().user is not None


def test_keys_of_ones_own_are_shown_and_work(page, rita):
    digits_waiting(1)
    keymaps.keep(usual() | {"reject": "#", "help": ";"}, by=rita)
    page.goto("/review/work/")
    page.keyboard.press("x")
    page.keyboard.press(";")
    assert page.get_by_role("dialog").locator("kbd", has_text="#").count() == 1
    closed(page)
    page.keyboard.press("#")
    page.get_by_text("Nothing waits for you").wait_for()
    assert rita.reviews.get().action == "reject"


def test_the_help_lists_only_keys_that_mean_something_at_this_item(page):
    digits_waiting(1)
    page.goto("/review/work/")
    page.keyboard.press("?")
    said = page.get_by_role("dialog").inner_text()
    assert "Skip: give it back to others" in said
    for absent in ("A new entity", "Search", "chosen last", "Uncover", "Correct the last"):
        assert absent not in said
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('hitl-keys')") is None


def test_a_key_is_chosen_by_pressing_it_and_a_clash_is_said_at_both(page):
    page.goto("/review/keys/")
    page.get_by_label("Reject").focus()
    page.keyboard.press("e")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing was changed").wait_for()
    page.wait_for_load_state()
    assert page.locator(".outside").all_inner_texts() == [
        "“Escalate to an expert” has this key too.",
        "“Reject” has this key too.",
    ]
    page.get_by_label("Reject").focus()
    page.keyboard.press("#")
    page.keyboard.press("Enter")
    page.get_by_text("These are your keys").wait_for()
    assert page.get_by_label("Reject").input_value() == "#"
    page.problems.clear()  # the browser's console notes the 400 itself
