"""What axe finds on a page as it is now, and in each look: each size and each scheme is one of them."""

from __future__ import annotations

from collections.abc import Iterator

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, WIDE

# Colours know no size and sizes no colour. The wide one comes last: so a page is left. The pointer stays a
# mouse's, as what a finger gets instead is larger.
LOOKS = ((PHONE, "dark"), (WIDE, "light"))
COMPLAINTS = """() => axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations.flatMap(
    one => one.nodes.map(node => [one.id, node.html.slice(0, 200)])))"""
WIDER = "document.documentElement.scrollWidth > innerWidth"


def complaints(page: Page) -> list[list[str]]:
    """Return what axe finds on the page as it is once it is loaded: rule and element."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(COMPLAINTS)


def looks(page: Page) -> Iterator[str]:
    """Show the page in one look after the other; yield its scheme."""
    for size, scheme in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        yield scheme


def in_each_look(page: Page) -> dict[str, list[list[str]]]:
    """Return what axe finds on the page, or that it is wider than its window, by the look's scheme."""
    found = {}
    for scheme in looks(page):
        found[scheme] = complaints(page) + [["too wide", page.url]] * page.evaluate(WIDER)
    return {scheme: what for scheme, what in found.items() if what}


def visited(page: Page, *addresses: str) -> dict[str, dict[str, list[list[str]]]]:
    """Open each page and return what is found there in each look, by address."""
    return {address: found for address in addresses if (page.goto(address), found := in_each_look(page))[1]}
