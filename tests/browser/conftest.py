"""A real Chromium; a page fails its test when its console complains or anything comes from elsewhere."""

import os
import shutil
import time
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from hitl_project.demo import digits
from routing import assignments, router
from routing.policy import Opinion
from tests import factories
from tests.waiting import until

BUSY = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
        AND backend_type = 'client backend'
)"""
PATIENCE = 30  # seconds for what comes: a machine that does much else besides is slow, and not wrong
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",  # a script that one test's page has compiled need not be by the next's
]
KEPT_BY_PAGES = "local_storage,indexeddb,cache_storage,service_workers,file_systems"


@pytest.fixture(scope="session")
def chromium():
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        missing = "Chromium is not installed"
        if os.environ.get("HITL_REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    expect.set_options(timeout=1_000 * PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def contexts(chromium, live_server):
    """Return a function from options to the context that tests share in turn, and a page that stays open."""
    made = {}

    def shared(options):
        key = frozenset(options.items())
        if key not in made:
            context = chromium.new_context(base_url=live_server.url, **options)
            made[key] = context, context.new_page()  # a window stays open, and with it the engine
            made[key][1].goto("/health")
        return made[key]

    return shared


@pytest.fixture
def given_back(monkeypatch):
    """The seats that pages gave back as they were left, once the server has done with it, kept or not."""
    seats, release = [], assignments.release

    def recorded(seat, **how):
        try:
            release(seat, **how)
        finally:
            seats.append(seat)

    monkeypatch.setattr(assignments, "release", recorded)
    return seats


@pytest.fixture
def open_page(chromium, contexts, live_server):
    """Return a function that opens a page of a given size and look; each is watched until the test ends.

    What it loads may have been fetched by an earlier test, unless it is `cold`; nothing else is left of one.
    A test that sets something on its context itself (routes, scripts, permissions) asks for a `cold` page.
    """
    shared, own, problems = [], [], []

    def make(size=WIDE, color_scheme="light", reduced_motion="no-preference", cold=False, **options):
        if cold:
            context = chromium.new_context(base_url=live_server.url, **options)
            own.append(context)
        else:
            context, kept = contexts(options)
            shared.append((context, kept))
        page = context.new_page()
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        page.set_default_timeout(1_000 * PATIENCE)
        page.problems, page.server = problems, live_server.url
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: problems.extend(_foreign(request.url, live_server.url)))
        return page

    yield make
    for context in own:
        context.close()
    for context, kept in shared:
        _emptied(context, kept, live_server.url)
    _settled()
    assert problems == []


def _emptied(context, kept, origin):
    """Close every page but the one that is kept, and forget what they left behind, cached files aside."""
    for page in context.pages:
        if page is not kept:
            page.close()
    context.set_offline(False)
    context.clear_cookies()
    session = context.new_cdp_session(kept)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": KEPT_BY_PAGES})
    session.detach()


def _settled():
    """Wait until the server has ended what a closed page had just asked for: the database is emptied next."""
    until(_idle)


def _idle():
    """Say that nobody works, now and a moment later: what a page sends as it is left comes by itself."""
    if _busy():
        return False
    time.sleep(0.03)
    return not _busy()


def _busy():
    with connection.cursor() as cursor:
        cursor.execute(BUSY)
        return cursor.fetchone()[0]


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


def known_to(page, person):
    """Sign in without the form, whose keys have tests of their own."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    kept = {"name": "sessionid", "value": client.cookies["sessionid"].value, "httpOnly": True}
    page.context.add_cookies([kept | {"url": page.server}])


def is_sending(page):
    """Return whether an answer is on its way; a press that gives one has made it so once it is pressed."""
    return page.evaluate("document.querySelector('main').hasAttribute('aria-busy')")


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
