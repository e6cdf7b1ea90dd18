"""The pages of figures: axe finds nothing, charts are drawn, and nothing moves or comes from elsewhere."""

import pytest

from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments
from routing.roles import ensure_roles
from tests import factories
from tests.browser.conftest import PHONE, WIDE, known_to
from tests.browser.looks import WIDER, complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = pytest.mark.parametrize(
    ("size", "scheme", "role"),
    [(WIDE, "light", "admins"), (PHONE, "dark", "leads")],
    ids=["desktop-light", "phone-dark"],
)
# Whether every canvas holds something, whether the page is wider than its window, and by how much it moved.
DRAWN = """[...document.querySelectorAll("canvas")].map(one => Chart.getChart(one).data.datasets.length > 0
    && one.getContext("2d").getImageData(0, 0, one.width, one.height).data.some(value => value))"""
MOVED = """new Promise(told => {
    let sum = 0;
    const noted = list => list.getEntries().forEach(one => sum += one.value);
    new PerformanceObserver(noted).observe({type: "layout-shift", buffered: true});
    setTimeout(() => told(sum), 100);
})"""
# After two frames whoever listens to the medium has been told.
COLOUR = """new Promise(told => requestAnimationFrame(() => requestAnimationFrame(() => told(
    Chart.getChart(document.querySelector("canvas")).data.datasets[0].backgroundColor))))"""


@pytest.fixture
def busy(rita):
    ensure_roles(by="system:test")
    factories.item_type()
    for confidence in (0.97, 0.98, 0.85, 0.85, 0.3):
        factories.submit(confidence)
    seat = assignments.claim(by=rita)
    review.submit(seat.pk, Answer("approve", time_spent_ms=4_000), by=rita)
    return rita


@LOOKS
def test_the_pages_have_no_violations_draw_their_charts_and_go_on_by_one_key(
    open_page, busy, size, scheme, role
):
    page = open_page(size, color_scheme=scheme, reduced_motion="reduce", cold=True)
    ada = factories.person("ada", role)
    for who, address, charts in ((ada, "/?days=30", 2), (ada, "/analytics/", 9), (busy, "/", 1)):
        known_to(page, who)
        page.goto(address)
        drawn = page.evaluate(DRAWN)
        assert (all(drawn), len(drawn) >= charts, page.evaluate(WIDER)) == (True, True, False), address
        assert page.evaluate(MOVED) < 0.01, address
        assert complaints(page) == [], address
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/work/")


def test_charts_follow_the_theme_and_paper_is_light(open_page, busy):
    page = open_page(WIDE, color_scheme="dark")
    known_to(page, factories.person("ada", "admins"))
    page.goto("/?days=7")
    found = [page.evaluate(COLOUR)]
    page.get_by_role("button", name="Light or dark").click()
    found.append(page.evaluate(COLOUR))
    page.get_by_role("button", name="Light or dark").click()
    found.append(page.evaluate(COLOUR))
    page.emulate_media(media="print")
    found.append(page.evaluate(COLOUR))
    dark, light = "rgb(92, 201, 191)", "rgb(11, 110, 105)"
    assert found == [dark, light, dark, light]


def test_without_scripts_the_tables_are_there_and_no_empty_box(open_page, busy):
    page = open_page(WIDE, java_script_enabled=False)
    known_to(page, busy)
    page.goto("/")
    assert page.locator("canvas").is_visible() is False
    assert page.locator(".numbers-table summary").is_visible() is True
