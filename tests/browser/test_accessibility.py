"""axe finds nothing to complain about on any page of a reviewer, at both sizes and in both themes."""

import pytest

from routing import appealing
from routing.models import Assignment
from tests import factories
from tests.browser.conftest import PHONE, digits_waiting, known_to
from tests.browser.kinds_at_work import WORK, waiting
from tests.browser.looks import WIDER, complaints, in_each_look, visited
from tests.browser.test_kinds_text import moved_on, seat_of
from tests.labeling.disputes import automated
from tests.labeling.opinions import answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_page):
    return open_page(reduced_motion="reduce")


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_every_kinds_page_has_no_violations(page, rita, work):
    waiting(work)
    known_to(page, rita)
    assert visited(page, "/review/work/") == {}


def test_what_a_finger_gets_has_no_violations(open_page, rita):
    page = open_page(PHONE, color_scheme="dark", cold=True, has_touch=True, is_mobile=True)
    waiting(WORK["detection"])
    known_to(page, rita)
    for address in ("/review/", "/review/work/"):
        page.goto(address)
        assert (complaints(page), page.evaluate(WIDER)) == ([], False)


def test_the_pages_around_the_work_have_no_violations(page, rita):
    assert visited(page, "/accounts/login/") == {}
    known_to(page, rita)
    factories.item_type()
    assert visited(page, "/review/", "/review/work/", "/review/keys/") == {}
    factories.submit(0.85)
    assert visited(page, "/review/") == {}
    page.goto("/review/keys/")
    page.get_by_label("Reject").fill("e")
    page.get_by_role("button", name="Keep these keys").click()
    page.get_by_text("Nothing was changed").wait_for()
    assert in_each_look(page) == {}
    page.problems.clear()  # the browser's console notes the 400 itself


def test_help_notice_comment_and_what_comes_after_an_answer_have_no_violations(page, rita):
    digits_waiting(3)
    known_to(page, rita)
    page.goto("/review/work/")
    seat = seat_of(page)
    page.keyboard.press("7")
    moved_on(page, seat)
    page.keyboard.press("c")
    page.keyboard.type("Hm.")
    page.reload()
    page.get_by_text("What you entered here before is back.").wait_for()
    assert in_each_look(page) == {}
    page.context.set_offline(True)
    page.locator("#main").press("7")
    page.get_by_text("can't be reached").wait_for()
    assert in_each_look(page) == {}
    page.locator("#main").press("?")
    assert in_each_look(page) == {}
    page.problems.clear()  # the browser's console notes the failed request itself


def test_a_blind_look_and_an_experts_look_have_no_violations(page, rita):
    factories.item_type(blind_share=1.0, guidelines="Say **what** you see.\n\n- One\n- Two")
    factories.submit(0.85)
    factories.submit(0.3)
    known_to(page, rita)
    assert visited(page, "/review/work/") == {}
    known_to(page, factories.person("edgar", "experts"))
    assert visited(page, "/review/work/") == {}


def test_correcting_an_answer_and_the_sittings_have_no_violations(page, rita):
    digits_waiting(3)
    known_to(page, rita)
    page.goto("/review/work/")
    seat = seat_of(page)
    page.keyboard.press("7")
    moved_on(page, seat)
    assert in_each_look(page) == {}
    page.keyboard.press("z")
    page.wait_for_url("**/review/undo/")
    assert in_each_look(page) == {}
    assert visited(page, "/review/sitting/") == {}


def test_no_queue_and_a_lost_answer_have_no_violations(page, rita):
    known_to(page, factories.person("nora"))
    assert visited(page, "/review/") == {}
    digits_waiting(1)
    known_to(page, rita)
    page.goto("/review/work/")
    Assignment.objects.update(user=factories.person("otto", "reviewers"))
    page.evaluate("document.getElementById('answer').submit()")  # as without scripts
    page.get_by_text("Your answer was not stored").wait_for()
    assert in_each_look(page) == {}
    page.problems.clear()  # the browser's console notes the 403 and the 409 themselves


def test_the_page_for_whom_an_item_is_about_has_no_violations(page):
    item = automated()
    address = appealing.link(item)
    assert visited(page, address) == {}
    page.get_by_label("Do you think that it is wrong?").fill("You did not read the end.")
    page.get_by_role("button", name="Dispute this decision").click()
    page.get_by_role("button", name="Take the dispute back").wait_for()
    assert in_each_look(page) == {}
    answer(factories.person("edgar", "experts"), "negative", comment="The end says so.")
    assert visited(page, address) == {}
