"""A person reviews in a real browser; what counts is the rows that it leaves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from labeling.models import Label, Review, ReviewSession
from routing.models import Assignment, Item
from tests import factories
from tests.browser.conftest import PHONE, digits_waiting, known_to, sign_in
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def reference(page):
    return page.locator("main .ref").inner_text()


def answer(page, key):
    """Press a key and wait until another item (or none) has taken the place of this one."""
    seat = page.locator("main").get_attribute("data-seat")
    page.keyboard.press(key)
    page.wait_for_function("seat => document.querySelector('main').dataset.seat !== seat", arg=seat)


def test_ten_digits_with_the_keyboard_alone(open_page, rita):
    found = digits_waiting(10)
    page = open_page()
    sign_in(page, rita)
    page.goto("/review/")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/work/")
    for place, digit in enumerate(found):
        assert reference(page) == digit.ref
        answer(page, "Enter" if place % 2 else digit.label)
    assert page.locator("h1").inner_text() == "Nothing waits for you"
    truth = {digit.ref: digit.label for digit in found}
    assert dict(Item.objects.filter(status="approved").values_list("item_ref", "label")) == truth
    assert dict(Label.objects.values_list("item_ref", "label")) == truth
    actions = Review.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["edit", "approve"] * 5
    assert set(Review.objects.values_list("session", flat=True)) == {ReviewSession.objects.get().pk}
    assert all(0 < spent < 60_000 for spent in Review.objects.values_list("time_spent_ms", flat=True))
    assert AuditEvent.objects.filter(verb="item.resolved", actor="user:rita").count() == 10


def test_three_digits_by_tapping_on_a_phone(open_page, rita):
    found = digits_waiting(3)
    page = open_page(PHONE, has_touch=True, is_mobile=True)
    known_to(page, rita)
    page.goto("/review/work/")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == 390
    for digit in found:
        assert reference(page) == digit.ref
        page.get_by_role("button", name=digit.label, exact=True).tap()
        page.wait_for_function("ref => document.querySelector('main .ref')?.innerText !== ref", arg=digit.ref)
    assert list(Label.objects.order_by("ts").values_list("label", flat=True)) == [d.label for d in found]


def test_a_comment_outlives_a_lease_that_was_lost(open_page, rita):
    digits_waiting(1)
    page = open_page()
    known_to(page, rita)
    page.goto("/review/work/")
    page.keyboard.press("c")
    page.keyboard.type("Could be a 4.")
    page.keyboard.press("Escape")
    otto = factories.person("otto", "reviewers")
    Assignment.objects.update(user=otto, leased_until=timezone.now() + timedelta(minutes=5))
    page.keyboard.press("Enter")
    page.get_by_text("no longer in your hands").wait_for()
    assert page.locator("#comment").input_value() == "Could be a 4."
    assert Review.objects.count() == 0
    page.problems.clear()  # the browser's console notes the 409 itself


def test_a_lost_network_keeps_everything_and_sends_it_again(open_page, rita):
    digits_waiting(2)
    page = open_page()
    known_to(page, rita)
    page.goto("/review/work/")
    page.keyboard.press("c")
    page.keyboard.type("Clear.")
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    page.get_by_text("can't be reached").wait_for()
    page.context.set_offline(False)
    page.get_by_role("button", name="Send it again").click()
    page.wait_for_function("() => document.querySelector('#comment')?.value === ''")
    assert list(Review.objects.values_list("comment", flat=True)) == ["Clear."]
    page.problems.clear()  # the browser's console notes the failed request itself


def test_a_double_press_is_one_answer(open_page, rita):
    digits_waiting(3)
    page = open_page()
    known_to(page, rita)
    page.goto("/review/work/")
    page.evaluate(
        "for (let i = 0; i < 2; i++) document.body.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}))"
    )
    page.wait_for_function("() => document.querySelector('.sitting b')?.innerText === '1'")
    assert Review.objects.count() == 1


def test_two_tabs_work_at_the_same_item_and_store_one_answer(open_page, rita):
    digits_waiting(1)
    first = open_page()
    known_to(first, rita)
    first.goto("/review/work/")
    second = first.context.new_page()
    second.goto("/review/work/")
    assert reference(first) == reference(second)
    answer(first, "Enter")
    second.get_by_text("answered this item in another tab").wait_for()
    second.keyboard.press("Enter")
    second.wait_for_function("() => !document.querySelector('main').dataset.seat")
    assert Review.objects.count() == 1


def test_leaving_the_page_gives_the_item_back(open_page, rita):
    digits_waiting(1)
    page = open_page()
    known_to(page, rita)
    page.goto("/review/work/")
    assert Assignment.objects.get().user == rita
    page.goto("/review/")
    until(lambda: Assignment.objects.get().user is None)


def test_reloading_keeps_the_item(open_page, rita, given_back):
    digits_waiting(2)
    page = open_page()
    known_to(page, rita)
    page.goto("/review/work/")
    before = reference(page)
    page.reload()
    until(lambda: len(given_back) == 1)
    assert (reference(page), Assignment.objects.get(user=rita).item.item_ref) == (before, before)


def test_a_required_comment_is_asked_for_and_sent(open_page, rita):
    digits_waiting(1, comment_required=True)
    page = open_page()
    known_to(page, rita)
    page.goto("/review/work/")
    page.keyboard.press("x")
    page.get_by_text("Say why").wait_for()
    page.keyboard.type("Unreadable.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Nothing waits for you").wait_for()
    review = Review.objects.get()
    assert (review.action, review.comment, Item.objects.get().status) == (
        "reject",
        "Unreadable.",
        "pending_expert",
    )


def test_a_blind_look_shows_nothing_of_the_model(open_page, rita):
    digits_waiting(1, blind_share=1.0)
    page = open_page()
    known_to(page, rita)
    page.goto("/review/work/")
    text = page.locator("main").inner_text()
    assert "clf@1" not in text
    assert "85" not in text
    assert page.get_by_role("button", name="Approve").count() == 0
    assert page.locator(".suggested").count() == 0


def test_the_page_weighs_little_and_asks_rarely(open_page, rita):
    digits_waiting(1)
    page = open_page(cold=True)
    sign_in(page, rita)
    sizes = []
    page.on("response", lambda answer: sizes.append(answer.request.sizes()["responseBodySize"]))
    page.goto("/review/work/", wait_until="networkidle")
    assert len(sizes) <= 13
    assert sum(sizes) <= 60_000


def test_the_item_is_announced_and_every_control_has_a_name(open_page, rita):
    digits_waiting(1)
    page = open_page()
    known_to(page, rita)
    page.goto("/review/work/")
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, a, input:not([type=hidden]), textarea, img')].filter(one =>"
        " one.getClientRects().length && !(one.innerText || one.getAttribute('aria-label') || one.alt"
        " || one.title || one.labels?.length)).map(one => one.outerHTML)"
    )
    assert nameless == []
    assert page.locator("main").get_attribute("aria-label").startswith("Item digit-")


def test_a_wrong_password_is_said_and_written_down(open_page, rita):
    page = open_page()
    page.goto("/accounts/login/")
    page.fill("#id_username", "rita")
    page.fill("#id_password", "wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    event = AuditEvent.objects.get(verb="user.sign_in_refused")
    assert (event.actor, event.data["username"]) == ("anonymous", "rita")


def test_someone_without_a_queue_is_told_so(open_page):
    page = open_page()
    known_to(page, factories.person("carla", "compliance"))
    answer = page.goto("/review/")
    assert answer.status == 403
    page.problems.clear()  # the browser's console notes the 403 itself
