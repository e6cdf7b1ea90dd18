"""axe finds nothing to complain about on any page of a reviewer, at both sizes and in both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from routing import appealing
from routing.models import Assignment
from tests import factories
from tests.browser.conftest import PHONE, WIDE, digits_waiting
from tests.browser.kinds_at_work import WORK, waiting
from tests.browser.test_kinds_text import known_to, moved_on, seat_of
from tests.labeling.disputes import automated
from tests.labeling.opinions import answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = pytest.mark.parametrize(
    "look",
    [(WIDE, "light"), (PHONE, "dark")],  # each size and each scheme once: the colours know no size
    ids=["desktop-light", "phone-dark"],
)


@pytest.fixture
def page(open_page, look):
    size, scheme = look
    phone = {"has_touch": True, "is_mobile": True} if size == PHONE else {}
    return open_page(size, color_scheme=scheme, reduced_motion="reduce", **phone)


def complaints(page):
    """Return what axe finds on the page as it is now: rule and element."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], node["html"][:200]) for one in found for node in one["nodes"]]


def visited(page, *addresses):
    """Open each page and return what axe finds there, by address."""
    return {address: found for address in addresses if (page.goto(address), found := complaints(page))[1]}


@LOOKS
@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_every_kinds_page_has_no_violations(page, rita, work):
    waiting(work)
    known_to(page, rita)
    assert visited(page, "/review/work/") == {}


@LOOKS
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
    assert complaints(page) == []
    page.problems.clear()  # the browser's console notes the 400 itself


@LOOKS
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
    assert complaints(page) == []
    page.context.set_offline(True)
    page.locator("#main").press("7")
    page.get_by_text("can't be reached").wait_for()
    assert complaints(page) == []
    page.locator("#main").press("?")
    assert complaints(page) == []
    page.problems.clear()  # the browser's console notes the failed request itself


@LOOKS
def test_a_blind_look_and_an_experts_look_have_no_violations(page, rita):
    factories.item_type(blind_share=1.0, guidelines="Say **what** you see.\n\n- One\n- Two")
    factories.submit(0.85)
    factories.submit(0.3)
    known_to(page, rita)
    assert visited(page, "/review/work/") == {}
    known_to(page, factories.person("edgar", "experts"))
    assert visited(page, "/review/work/") == {}


@LOOKS
def test_correcting_an_answer_and_the_sittings_have_no_violations(page, rita):
    digits_waiting(3)
    known_to(page, rita)
    page.goto("/review/work/")
    seat = seat_of(page)
    page.keyboard.press("7")
    moved_on(page, seat)
    assert complaints(page) == []
    page.keyboard.press("z")
    page.wait_for_url("**/review/undo/")
    assert complaints(page) == []
    assert visited(page, "/review/sitting/") == {}


@LOOKS
def test_no_queue_and_a_lost_answer_have_no_violations(page, rita):
    known_to(page, factories.person("nora"))
    assert visited(page, "/review/") == {}
    digits_waiting(1)
    known_to(page, rita)
    page.goto("/review/work/")
    Assignment.objects.update(user=factories.person("otto", "reviewers"))
    page.evaluate("document.getElementById('answer').submit()")  # as without scripts
    page.get_by_text("Your answer was not stored").wait_for()
    assert complaints(page) == []
    page.problems.clear()  # the browser's console notes the 403 and the 409 themselves


@LOOKS
def test_the_page_for_whom_an_item_is_about_has_no_violations(page):
    item = automated()
    address = appealing.link(item)
    assert visited(page, address) == {}
    page.get_by_label("Do you think that it is wrong?").fill("You did not read the end.")
    page.get_by_role("button", name="Dispute this decision").click()
    page.get_by_role("button", name="Take the dispute back").wait_for()
    assert complaints(page) == []
    answer(factories.person("edgar", "experts"), "negative", comment="The end says so.")
    assert visited(page, address) == {}
