"""Boxes and outlines by mouse and by keys: what is drawn is stored, and a picture may be covered."""

import base64

import pytest
from playwright.sync_api import expect

from labeling.models import Review
from routing import router
from routing.policy import Opinion
from tests import factories
from tests.browser.conftest import PHONE, known_to
from tests.browser.kinds_at_work import CAR, WORK, waiting
from tests.browser.test_kinds_text import moved_on, press, seat_of
from tests.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VAN = {"label": "bike", "box": [120, 30, 180, 90], "score": 0.5}


def at_a_picture(page, rita, *guess, many=1, image=(200, 160), **fields):
    """Open the page of a picture in which the model sees these boxes; its file may have another size."""
    factories.item_type("street", kind="detection", **({"labels": ["car", "bike"]} | fields))
    source = "data:image/png;base64," + base64.b64encode(picture(*image)).decode()
    payload = {"image": source, "width": 200, "height": 160}
    said = (Opinion("yolo@1", list(guess), 0.85),)
    entries = [router.Entry(f"street-{n}", payload, opinions=said) for n in range(many)]
    router.submit("street", entries, by="system:test")
    known_to(page, rita)
    page.goto("/review/work/")
    page.locator("[data-ready]").wait_for()


# What is pressed for longer is no click to Annotorious: a busy machine must not make a quick hand a slow one.
QUICK = """performance.now = () => 1000;
Object.defineProperty(Event.prototype, "timeStamp", { get: () => 1000 })"""


def by_mouse(page):
    """Return a function from pixels of the picture to the page, once a pointer can draw; no press is long."""
    page.mouse.move(2, 2)
    page.locator("[data-viewer]").hover()
    page.locator("[data-equipped]").wait_for()
    page.evaluate(QUICK)
    frame = page.locator("[data-picture]").bounding_box()
    return lambda x, y: (frame["x"] + x * frame["width"] / 200, frame["y"] + y * frame["height"] / 160)


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end)
    page.mouse.up()


def boxes(page):
    return page.locator("[data-list] button").all_inner_texts()


def saved(page):
    """Save the answer and return its label."""
    seat = seat_of(page)
    press(page, ("Enter",))
    moved_on(page, seat)
    return Review.objects.latest("id").label


def test_a_box_is_drawn_named_moved_and_resized_by_mouse(open_page, rita):
    page = open_page()
    at_a_picture(page, rita, CAR, image=(400, 320))
    at = by_mouse(page)
    drag(page, at(120, 30), at(160, 70))
    page.keyboard.press("2")
    page.get_by_text("bike, 40 × 40 at 120, 30").wait_for()
    drag(page, at(140, 50), at(150, 60))
    page.get_by_text("bike, 40 × 40 at 130, 40").wait_for()
    drag(page, at(170, 80), at(180, 100))
    page.get_by_text("50 × 60", exact=True).wait_for()
    assert saved(page) == [CAR, {"label": "bike", "box": [130, 40, 180, 100]}]


def test_an_outline_is_drawn_corner_by_corner(open_page, rita):
    page = open_page()
    at_a_picture(page, rita)
    at = by_mouse(page)
    page.keyboard.press("o")
    for corner in [(20, 20), (100, 20), (100, 120), (20, 20)]:
        page.mouse.move(*at(*corner))
        page.mouse.click(*at(*corner))
    page.get_by_text("Class of box 1").wait_for()
    polygon = [[20, 20], [100, 20], [100, 120]]
    assert saved(page) == [{"label": "car", "box": [20, 20, 100, 120], "polygon": polygon}]


def test_a_click_chooses_a_box_and_what_is_dragged_out_of_the_picture_is_cut(open_page, rita):
    page = open_page()
    at_a_picture(page, rita, CAR, VAN)
    at = by_mouse(page)
    page.mouse.click(*at(150, 60))
    page.get_by_text("Class of box 2").wait_for()
    drag(page, at(150, 60), at(150, -20))
    page.get_by_text("60 × 10").wait_for()
    assert saved(page) == [CAR, {"label": "bike", "box": [120, 0, 180, 10]}]


def test_changes_are_undone_one_by_one_and_an_approval_stays_one(open_page, rita):
    page = open_page()
    at_a_picture(page, rita, CAR, VAN)
    press(page, ("w", "2", "w", "Delete"))
    page.get_by_text("1 box", exact=True).wait_for()
    press(page, ("Control+z", "Control+z"))
    page.get_by_text("2 boxes").wait_for()
    assert page.get_by_role("button", name="Approve").is_visible()
    assert saved(page) == [CAR, VAN]
    assert Review.objects.get().action == "approve"


def test_an_outline_is_made_bent_and_thinned_by_keys_alone(open_page, rita):
    page = open_page()
    at_a_picture(page, rita, CAR)
    press(page, ("w", "t", "t", "Control+ArrowUp", "Control+ArrowUp", "k", "Delete"))
    polygon = [[20, 30], [50, 28], [80, 90], [20, 90]]
    assert saved(page) == [{"label": "car", "box": [20, 28, 80, 90], "polygon": polygon}]


def test_keys_in_a_comment_leave_the_boxes_alone(open_page, rita):
    page = open_page()
    at_a_picture(page, rita, CAR)
    by_mouse(page)
    press(page, ("w", "ArrowRight", "c", "type:new", "ArrowLeft", "Control+z", "Delete", "Escape"))
    assert saved(page) == [{"label": "car", "box": [22, 30, 82, 90]}]


def test_of_forty_classes_one_is_found_by_typing(open_page, rita):
    page = open_page()
    at_a_picture(page, rita, CAR, labels=["car", *(f"thing {n}" for n in range(40))])
    press(page, ("w", "/", "type:thing 17", "Enter"))
    assert boxes(page) == ["1\nthing 17\n60 × 60"]
    assert saved(page) == [{"label": "thing 17", "box": [20, 30, 80, 90]}]


def test_a_step_is_finer_the_nearer_the_picture_is(open_page, rita):
    page = open_page()
    at_a_picture(page, rita, CAR)
    press(page, ("w", "+", "+", "+", "ArrowRight", "f", "ArrowRight"))
    assert saved(page) == [{"label": "car", "box": [23, 30, 83, 90]}]


def test_on_a_phone_a_box_is_added_named_and_removed_by_touch(open_page, rita):
    page = open_page(PHONE, has_touch=True, is_mobile=True)
    at_a_picture(page, rita, CAR)
    page.get_by_role("button", name="New box").tap()
    page.locator("[data-class=bike]").tap()
    page.locator("[data-pick]").first.tap()
    page.get_by_role("button", name="Remove").tap()
    expect(page.locator("[data-list] button")).to_have_text(["1 bike 50 × 40"], use_inner_text=True)
    assert saved(page) == [{"label": "bike", "box": [75, 60, 125, 100]}]


def test_what_the_model_says_wrongly_is_left_out_and_saved_as_a_change(open_page, rita):
    page = open_page()
    at_a_picture(page, rita, CAR, {"label": "cow", "box": [0, 0, 9, 9]})
    assert boxes(page) == ["1\ncar\n60 × 60"]
    assert saved(page) == [CAR]
    assert Review.objects.get().action == "edit"


@pytest.mark.parametrize(("cover", "effect"), [("blur", "blur(32px)"), ("grey", "grayscale(1)")])
def test_a_harmful_picture_is_covered_until_it_is_uncovered_and_the_next_one_again(
    open_page, rita, cover, effect
):
    page = open_page(PHONE, has_touch=True, is_mobile=True)
    at_a_picture(page, rita, CAR, many=2, cover=cover)
    seen = "getComputedStyle(document.querySelector('[data-picture]')).filter"
    assert page.evaluate(seen) == effect
    page.get_by_text("Uncover", exact=True).tap()
    page.wait_for_function(f"() => {seen} === 'none'")
    saved(page)
    assert page.evaluate(seen) == effect


def test_pictures_of_every_kind_are_covered(open_page, rita):
    factories.item_type("rating", kind="regression", labels=[], cover="both")
    source = "data:image/png;base64," + base64.b64encode(picture(40, 30)).decode()
    factories.submit(0.85, to="rating", payload={"image": source}, label=3)
    page = open_page()
    known_to(page, rita)
    page.goto("/review/work/")
    seen = "getComputedStyle(document.querySelector('.picture img')).filter"
    assert page.evaluate(seen) == "blur(32px) grayscale(1)"
    page.keyboard.press("v")
    assert page.evaluate(seen) == "none"


def test_boxes_after_another_kind_bring_their_own_scripts(open_page, rita):
    factories.item_type()
    factories.submit(0.85)
    waiting(WORK["detection"])
    page = open_page()
    known_to(page, rita)
    page.goto("/review/work/")
    seat = seat_of(page)
    press(page, ("Enter",))
    moved_on(page, seat)
    page.get_by_text("1 box", exact=True).wait_for()
    press(page, ("w", "Delete"))
    assert saved(page) == []
