"""No page of ours, nor of the admin, breaks the policy or asks anybody else for anything, nor trips axe."""

from base64 import b32decode

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hitl_project.accounts import invitations
from tests import factories
from tests.browser.conftest import known_to
from tests.browser.looks import visited
from tests.hitl_project.accounts.apps import code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Every other page is opened by a test of its own, whose console is watched for breaches just the same.
PAGES = ["/targets/", "/api/docs/"]
FORMS = ["auth_user_changelist", "auth_user_add", "audit_apikey_add", "routing_queue_add"]
OWN = ["/accounts/", "/accounts/password/", "/accounts/second/"]
STYLE = "document.body.append(Object.assign(document.createElement('style'), {textContent: 'p {}'}))"


def test_no_page_breaks_the_policy(open_page):
    page = open_page()
    known_to(page, factories.person("root", is_superuser=True))
    for address in [*PAGES, *(reverse(f"admin:{name}") for name in FORMS)]:
        page.goto(address)
    assert page.problems == []
    page.evaluate(STYLE)
    assert ["Content Security Policy" in said for said in page.problems] == [True]
    page.problems.clear()


def test_ones_account_has_no_violations_and_a_second_factor_is_set_up_there(open_page, rita, settings):
    page = open_page(reduced_motion="reduce")
    link = invitations.invite("nora", "", [], by="system:test")
    assert visited(page, link) == {}
    known_to(page, rita)
    settings.HITL_OIDC_ISSUER = "https://id.example.com"
    assert visited(page, "/accounts/provider/link/", *OWN) == {}
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("six digits").fill(code(secret_in_hex(secret)))
    page.get_by_label("Your password").fill("secret")
    page.get_by_role("button", name="Switch it on").click()
    page.get_by_text("Your second factor is on").wait_for()
    expect(page.locator(".codes code")).to_have_count(10)
    assert visited(page, "/accounts/second/") == {}


def secret_in_hex(text):
    """Return a secret as the server keeps it, from what an app is given."""
    return b32decode(text).hex()
