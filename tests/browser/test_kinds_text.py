"""A person works through ten items of each kind by keyboard, faults included; what counts is the rows."""

import gzip
from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.answering.choices import choices
from labeling.models import Label, Review
from routing.models import Assignment
from tests import factories
from tests.browser.conftest import PHONE, WIDE, known_to
from tests.browser.kinds_at_work import WORK, waiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OFFLINE_AT, EXPIRED_AT, TWO_TABS_AT = 1, 3, 7


def press(page, presses):
    for one in presses:
        if one.startswith("type:"):
            page.keyboard.type(one[5:])
        else:
            page.keyboard.press(one)


def moved_on(page, seat):
    page.wait_for_function("seat => document.querySelector('main').dataset.seat !== seat", arg=seat)


def seat_of(page):
    return page.locator("main").get_attribute("data-seat")


def expected(work, rita):
    """Return reference, act and label of each turn; what 1 and 2 are the person's own order says."""
    rows = []
    for n, turn in enumerate(work.turns):
        action, label = turn.action, turn.label
        if label in ("first", "second"):
            seat = Assignment.objects.get(item__item_ref=f"{work.slug}-{n}", purpose="review")
            order = [one.label for one in choices(seat.item, seat.pk, rita.pk)]
            label = order[("first", "second").index(label)]
            action = "approve" if label == work.guess else "edit"
        rows.append((f"{work.slug}-{n}", action, label))
    return rows


def left_behind(model):
    return list(model.objects.order_by("id").values_list("item__item_ref", "action", "label"))


def at_work(page, rita, work):
    waiting(work)
    known_to(page, rita)
    page.goto("/review/work/")


def compare(work, rita):
    rows = expected(work, rita)
    assert left_behind(Review) == rows
    assert left_behind(Label) == [row for row in rows if row[1] != "reject"]


LOOKS = {f"desktop-{name}": (work, WIDE) for name, work in WORK.items()}
# On a phone the keys do the same; one kind shows that their hints and the page's notices fit.
LOOKS["phone-topics"] = (WORK["topics"], PHONE)


@pytest.mark.parametrize(("work", "size"), LOOKS.values(), ids=LOOKS)
def test_ten_items_by_keyboard_with_three_faults(open_page, rita, work, size):
    page = open_page(size, **({"has_touch": True, "is_mobile": True} if size == PHONE else {}))
    at_work(page, rita, work)
    if size == WIDE:
        assert (weight(page) < 60_000, nameless(page)) == (True, [])
    for n, turn in enumerate(work.turns):
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        seat = seat_of(page)
        if n == OFFLINE_AT:
            without_network(page, turn)
        elif n == EXPIRED_AT:
            after_the_lease(page, turn)
        elif n == TWO_TABS_AT:
            in_another_tab(page, turn)
            continue
        else:
            press(page, turn.presses)
        moved_on(page, seat)
    compare(work, rita)
    page.problems.clear()  # the browser's console notes the failed requests itself


def without_network(page, turn):
    page.context.set_offline(True)
    press(page, turn.presses)
    page.get_by_text("can't be reached").wait_for()
    page.context.set_offline(False)
    page.get_by_role("button", name="Send it again").press("Enter")


def after_the_lease(page, turn):
    """The lease ends unnoticed: the answer is refused, and what was typed is there when the item is back."""
    Assignment.objects.filter(user__isnull=False, closed_at=None).update(
        leased_until=timezone.now() - timedelta(seconds=1)
    )
    press(page, turn.presses)
    page.get_by_text("no longer in your hands").wait_for()
    with page.expect_navigation():
        page.get_by_role("button", name="Go on with the next item").press("Enter")
    if turn.typed:
        assert page.locator(turn.typed[0]).input_value() == turn.typed[1]
    press(page, turn.again or turn.presses)


def in_another_tab(page, turn):
    """A second tab says that it is one, and answers; the first keeps what was typed there, and goes on."""
    press(page, ("c", "type:Not sent.", "Escape"))
    other = page.context.new_page()
    other.goto("/review/work/")
    other.get_by_text("open in another tab too").wait_for()
    seat = seat_of(other)
    assert seat == seat_of(page)
    other.locator("#comment").fill("")
    other.locator("#main").focus()
    press(other, turn.presses)
    moved_on(other, seat)
    page.get_by_text("answered this item in another tab").wait_for()
    assert page.locator("#comment").input_value() == "Not sent."
    with page.expect_navigation():
        page.get_by_role("button", name="Go on with the next item").press("Enter")
    other.close()


def weight(page):
    """Return how many bytes the page and all that it loads are, compressed."""
    page.wait_for_load_state("networkidle")
    parts = page.evaluate("[location.href, ...performance.getEntriesByType('resource').map(one => one.name)]")
    assert len(parts) >= 7
    return sum(len(gzip.compress(page.request.get(part).body())) for part in parts)


def nameless(page):
    """Return the controls that a screen reader could not name, and ids that are given twice."""
    return page.evaluate(
        "[...[...document.querySelectorAll('main :is(button, a, input:not([type=hidden]), textarea)')]"
        ".filter(one => !(one.textContent.trim() || one.getAttribute('aria-label') || one.alt"
        " || one.getAttribute('aria-labelledby') || one.labels?.length)).map(one => one.outerHTML),"
        " ...[...document.querySelectorAll('[id]')].map(one => one.id)"
        ".filter((id, n, all) => all.indexOf(id) < n)]"
    )


def test_one_of_500_labels_is_found_by_typing_and_given_again_by_a_point(open_page, rita):
    labels = [f"{word} {n}" for word in ("Card", "Loan", "Fee", "Café", "Uncard") for n in range(100)]
    factories.item_type("many", labels=labels)
    for n in range(2):
        factories.submit(0.85, to="many", ref=f"many-{n}", label=labels[0])
    page = open_page()
    known_to(page, rita)
    page.goto("/review/work/")
    page.keyboard.press("/")
    page.keyboard.type("card 4")
    assert page.locator("[data-count]").inner_text() == "38 found; Enter takes Card 4"
    page.locator("[data-find]").fill("cafe 17")
    seat = seat_of(page)
    page.keyboard.press("Enter")
    moved_on(page, seat)
    page.keyboard.press(".")
    page.get_by_text("Nothing waits for you").wait_for()
    assert left_behind(Review) == [("many-0", "edit", "Café 17"), ("many-1", "edit", "Café 17")]


def test_the_words_of_an_edit_are_compared_and_the_edit_can_be_undone(open_page, rita):
    waiting(WORK["generation"])
    page = open_page()
    known_to(page, rita)
    page.goto("/review/work/")
    page.keyboard.press("i")
    page.locator("#edited").fill("The fee is 4 percent, mostly.")
    page.get_by_text("1 word removed, 3 words added.").wait_for()
    assert page.locator("del").all_inner_texts() == ["3"]
    assert page.locator("ins").all_inner_texts() == ["4", ", mostly"]
    page.get_by_role("button", name="Undo the edit").press("Enter")
    assert page.locator(".output").inner_text() == "The fee is 3 percent."
    seat = seat_of(page)
    press(page, ("Enter",))
    moved_on(page, seat)
    assert left_behind(Review) == [("generation-0", "approve", "The fee is 3 percent.")]


def test_a_text_that_follows_another_kind_brings_its_own_scripts(open_page, rita):
    factories.item_type()
    factories.submit(0.85)
    waiting(WORK["generation"])
    page = open_page()
    known_to(page, rita)
    page.goto("/review/work/")
    seat = seat_of(page)
    press(page, ("Enter",))
    moved_on(page, seat)
    seat = seat_of(page)
    press(page, ("i", "type: Now.", "Control+Enter"))
    moved_on(page, seat)
    assert left_behind(Review)[1:] == [("generation-0", "edit", "The fee is 3 percent. Now.")]
