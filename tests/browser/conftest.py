"""A real Chromium; a page fails its test when its console complains or anything comes from elsewhere."""

import os
import shutil
import time
from urllib.parse import urlsplit

import pytest
from django.db import connection
from playwright.sync_api import sync_playwright

from hitl_project.demo import digits
from routing import router
from routing.policy import Opinion
from tests import factories

BUSY = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
)"""
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        missing = "Chromium is not installed"
        if os.environ.get("HITL_REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, live_server):
    """Return a function that opens a page of a given size; each is watched until the test ends."""
    contexts, problems = [], []

    def make(size=WIDE, **options):
        context = chromium.new_context(viewport=size, base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.problems = problems
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: problems.extend(_foreign(request.url, live_server.url)))
        return page

    yield make
    for context in contexts:
        context.close()
    _settled()
    assert problems == []


def _settled():
    """Wait until the server has ended what a closed page had just asked for: the database is emptied next."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(BUSY)
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.05)


def _foreign(url, own):
    if url.startswith(("data:", "blob:")) or urlsplit(url).netloc == urlsplit(own).netloc:
        return []
    return [f"requested from elsewhere: {url}"]


def sign_in(page, user):
    """Sign in by the form, with the keyboard alone."""
    page.goto("/accounts/login/")
    page.locator("[name=username]:focus").wait_for()
    page.keyboard.type(user.username)
    page.keyboard.press("Tab")
    page.locator("[name=password]:focus").wait_for()
    page.keyboard.type("secret")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)


def digits_waiting(count, **fields):
    """Let `count` digits wait for a person, each with a wrong guess at even places; return them in order."""
    options = {"labels": [str(n) for n in range(10)], "guidelines": "Say **which** digit it is."}
    factories.item_type("digits", **(options | fields))
    found = digits.load()[0][:count]
    entries = []
    for place, digit in enumerate(found):
        guess = digit.label if place % 2 else str((int(digit.label) + 1) % 10)
        entries.append(router.Entry(digit.ref, digit.payload, opinions=(Opinion("clf@1", guess, 0.85),)))
    router.submit("digits", entries, by="system:test")
    return found
