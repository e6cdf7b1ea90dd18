"""A form is sent once, however often its button is pressed: what is shown once must be seen."""

import pytest

from audit import trail
from audit.models import AuditEvent, Bundle
from hitl_project.accounts import invitations
from routing.models import ItemType
from routing.roles import ensure_roles
from tests import factories
from tests.browser.conftest import known_to
from tests.browser.holding import STOPS, Held
from tests.browser.test_policy import secret_in_hex
from tests.hitl_project.accounts.apps import code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sending(page):
    """Expect that the page sends a form; what it sends is held back."""
    return page.expect_request(lambda request: request.method == "POST")


def press_twice(page, name):
    """Press a button, and once more before the server has answered; let what was sent go."""
    held = Held(page, page.url)
    page.get_by_role("button", name=name).hover()
    with sending(page):
        click(page)
    click(page)
    held.let_go()


def click(page):
    """Press where the pointer is: while a page is left nothing else can be asked of it."""
    page.mouse.down()
    page.mouse.up()


@pytest.fixture(autouse=True)
def roles(db):
    ensure_roles(by="system:test")


def of(open_page, *groups):
    """Return a page of somebody in these groups."""
    page = open_page()
    known_to(page, factories.person("ada", *groups, is_staff=True, is_superuser="admins" in groups))
    return page


def test_one_item_type_is_made(open_page):
    page = of(open_page, "admins")
    page.goto("/admin/start/new/medical/")
    press_twice(page, "Make it")
    page.get_by_text("A file with what people are to judge").wait_for()
    assert ItemType.objects.count() == 1


def test_one_bundle_is_made(open_page):
    page = of(open_page, "compliance")
    trail.seal()
    page.goto("/compliance/bundles/")
    page.get_by_label("What it is for").fill("the yearly audit")
    press_twice(page, "Make the bundle")
    page.get_by_text("A worker writes it.").wait_for()
    assert Bundle.objects.count() == 1


def test_the_recovery_codes_are_seen(open_page, rita):
    page = open_page()
    known_to(page, rita)
    page.goto("/accounts/second/")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("six digits").fill(code(secret_in_hex(secret)))
    page.get_by_label("Your password").fill("secret")
    press_twice(page, "Switch it on")
    page.get_by_text("Your second factor is on").wait_for()


def test_who_was_invited_is_let_in(open_page):
    page = open_page()
    page.goto(invitations.invite("nora", "", [], by="system:test"))
    page.get_by_label("New password").fill("three words in a row")
    page.get_by_label("Once more").fill("three words in a row")
    press_twice(page, "Set the password")
    page.wait_for_url(lambda url: "invited" not in url)
    assert AuditEvent.objects.filter(verb="user.password_changed").count() == 1


def test_the_link_for_whom_an_admin_invites_is_seen(open_page):
    page = of(open_page, "admins")
    page.goto("/admin/auth/user/invite/")
    page.get_by_label("Username").fill("nora")
    press_twice(page, "Make the link")
    page.get_by_role("heading", name="Send them this link").wait_for()


def test_what_was_stopped_can_be_sent_again(open_page):
    page = of(open_page, "admins")
    page.goto("/admin/start/new/medical/")
    page.evaluate(STOPS)
    Held(page, "**/medical/")
    page.get_by_role("button", name="Make it").focus()
    with sending(page):
        page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.unroute("**/medical/")
    page.keyboard.press("Enter")
    page.get_by_text("A file with what people are to judge").wait_for()
    assert ItemType.objects.count() == 1
