"""No page of ours, nor of the admin, breaks the policy or asks anybody else for anything, nor trips axe."""

from base64 import b32decode

import pytest
from django.urls import reverse

from hitl_project.accounts import invitations
from tests import factories
from tests.browser.conftest import PHONE, WIDE, digits_waiting, sign_in
from tests.browser.test_accessibility import visited
from tests.hitl_project.accounts.apps import code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    "/",
    "/targets/",
    "/review/",
    "/review/work/",
    "/review/keys/",
    "/compliance/",
    "/compliance/events/",
]
PAGES += ["/compliance/people/", "/compliance/bundles/", "/api/docs/", "/admin/"]
TABLES = ["auth_user", "audit_apikey", "routing_itemtype", "routing_item", "routing_queue", "routing_rule"]
OWN = ["/accounts/", "/accounts/password/", "/accounts/second/"]
WATCH = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) => window.broken.push(event.violatedDirective));
"""


def test_no_page_breaks_the_policy(open_page):
    digits_waiting(2)
    root = factories.person("root", "admins", "reviewers", is_superuser=True)
    page = open_page()
    page.add_init_script(WATCH)
    sign_in(page, root)
    lists = [reverse(f"admin:{table}_{act}") for table in TABLES for act in ("changelist", "add")]
    broken = {}
    for address in [*PAGES, *lists, *OWN]:
        page.goto(address)
        if found := page.evaluate("window.broken"):
            broken[address] = found
    assert broken == {}
    page.problems[:] = [said for said in page.problems if "403" not in said]  # items can't be added by hand


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
def test_ones_account_has_no_violations_and_a_second_factor_is_set_up_there(open_page, rita, size, scheme):
    page = open_page(size, color_scheme=scheme, reduced_motion="reduce")
    link = invitations.invite("nora", "", [], by="system:test")
    assert visited(page, link) == {}
    sign_in(page, rita)
    assert visited(page, *OWN) == {}
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("six digits").fill(code(secret_in_hex(secret)))
    page.get_by_label("Your password").fill("secret")
    page.get_by_role("button", name="Switch it on").click()
    page.get_by_text("Your second factor is on").wait_for()
    assert page.locator(".codes code").count() == 10
    assert visited(page, "/accounts/second/") == {}


def secret_in_hex(text):
    """Return a secret as the server keeps it, from what an app is given."""
    return b32decode(text).hex()
