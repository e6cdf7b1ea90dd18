"""From nothing to a first reviewed item with the guide, on a file that nobody has prepared for us."""

import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from labeling.importing import uploads
from labeling.models import ImportRun, Review
from labeling.tasks import take_in
from routing.models import Item, ItemType
from routing.roles import ensure_roles
from tests import factories
from tests.browser.conftest import known_to, sign_in
from tests.browser.holding import Held, answers_held, hold_answers, let_go
from tests.browser.looks import WIDER, complaints, looks
from tests.browser.walking import Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIVE_MINUTES = 300
STAYS = "found => found.map(one => !['fixed', 'sticky'].includes(getComputedStyle(one).position))"
# As a spreadsheet on a German Windows writes it: semicolons, no UTF-8, headings of their own.
POSTS = """\
Post ID;Message;Category;Views
1001;Great bike, thanks for the ride!;;120
1002;Buy cheap watches;spam;9800
1003;The café closes at 9, says Zoë.;;35
1004;Click here to win a phone;scam;77
"""


@pytest.fixture
def posts(settings, tmp_path):
    settings.HITL_IMPORT_PATH = tmp_path / "imports"
    path = tmp_path / "posts.csv"
    path.write_bytes(POSTS.encode("cp1252"))
    return path


@pytest.fixture
def ada(db):
    ensure_roles(by="system:test")
    return factories.person("ada", "admins", is_staff=True)


def made(walk, posts):
    """Choose a use, drop the file in, and stop where its columns are shown."""
    walk.press("link", "Start")
    walk.read()
    walk.press("link", "Choose")
    walk.read()
    walk.press("link", "Content moderation")
    walk.read()
    walk.press("button", "Make it")
    walk.read()
    walk.drop(posts)
    walk.press("button", "Look at it")
    walk.page.get_by_text("What becomes of it").wait_for()


def test_a_person_reviews_their_first_item_within_five_minutes(open_page, ada, posts, capsys):
    walk = Walk(open_page())
    sign_in(walk.page, ada)
    walk.page.goto("/admin/")
    made(walk, posts)
    walk.read()
    walk.choose(walk.page.get_by_label("Views"), "For rules, shown folded")
    walk.page.get_by_label("Add this answer to the item type: scam").check()
    walk.press("button", "Take it in")
    walk.page.get_by_text("0 rows so far").wait_for()
    take_in(str(ImportRun.objects.get().pk))  # what a worker does meanwhile
    walk.press("link", "Invite people")
    walk.press("button", "I review as well")
    walk.fill(walk.page.get_by_label("Name to sign in with").first, "rita")
    walk.press("button", "Invite")
    link = walk.page.get_by_label("Link for rita").input_value()
    walk.press("link", "Go on")
    walk.press("link", "Review the first item")
    walk.read(".stage, .labels, .acts")  # the guidelines are their own
    walk.key("1")
    walk.page.get_by_text("The café closes at 9, says Zoë.").wait_for()
    walk.page.goto("/admin/start/")
    walk.page.get_by_role("heading", name="It works: the first answer is in").wait_for()
    assert Review.objects.get().label == "allow"
    assert "/accounts/invited/" in link
    assert Item.objects.filter(status="approved").count() == 3
    assert walk.seconds < FIVE_MINUTES
    with capsys.disabled():
        sys.stdout.write(f"\n{walk.told()}\n")


def kept(posts, by):
    """Return an item type, and a file for it that waits to be told its columns."""
    item_type = factories.item_type("posts", labels=["allow", "spam"])
    return item_type, uploads.keep(item_type, SimpleUploadedFile("posts.csv", posts.read_bytes()), by=by)


def test_the_guide_is_left_and_gone_on_with_and_put_away(open_page, ada, posts):
    page = open_page()
    known_to(page, ada)
    _, run = kept(posts, ada)
    page.goto("/admin/")
    page.get_by_text("Go on where you left: 1 of 4 done").wait_for()
    page.get_by_role("link", name="Go on", exact=True).click()
    page.get_by_role("link", name="Go on with it").click()
    page.get_by_role("button", name="Another file").click()
    page.get_by_text("A file with what people are to judge").wait_for()
    page.goto("/admin/")
    page.get_by_role("button", name="Not now").click()
    page.get_by_text("Go on where you left").wait_for(state="detached")
    run.refresh_from_db()
    assert (ItemType.objects.count(), run.status) == (1, "cancelled")


def test_a_file_dropped_on_the_page_is_sent_and_whatever_is_changed_is_shown(open_page, ada, posts):
    page = open_page()
    known_to(page, ada)
    item_type = factories.item_type("posts", labels=["allow", "spam", "scam"])
    page.goto(f"/admin/start/{item_type.pk}/data/")
    page.evaluate(
        """text => { const held = new DataTransfer(); held.items.add(new File([text], "dropped.csv"));
        document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: held, bubbles: true})); }""",
        "Message,Other\nHello,x\nBye,y\n",
    )
    page.get_by_role("heading", name="dropped.csv").wait_for()
    page.get_by_label("Message").select_option("")
    page.get_by_text("2 are refused").wait_for()
    page.get_by_label("Other").select_option("text")
    page.get_by_text("2 go in").wait_for()
    assert page.locator(".preview .text").inner_text() == "x"


@pytest.fixture
def at_columns(open_page, ada, posts):
    """The page where a file's columns are told, and the item type that it is for; not opened yet."""
    page = open_page(cold=True)
    known_to(page, ada)
    item_type, run = kept(posts, ada)
    page.address = f"/admin/start/{item_type.pk}/data/{run.pk}/"
    return page, item_type


def test_an_answer_to_what_was_chosen_before_takes_nothing_back(at_columns):
    page, item_type = at_columns
    hold_answers(page)
    page.goto(page.address)
    page.get_by_label("Views").select_option(label="For rules, shown folded")
    answers_held(page, 1)
    box = page.get_by_label("Add this answer to the item type: scam")
    box.check()
    answers_held(page, 2)
    let_go(page, 0)
    assert box.is_checked()
    page.get_by_role("button", name="Take it in").click()
    page.get_by_text("0 rows so far").wait_for()
    item_type.refresh_from_db()
    assert item_type.labels == ["allow", "spam", "scam"]


def test_a_press_that_has_begun_is_not_lost_to_an_answer(at_columns):
    page, _ = at_columns
    hold_answers(page)
    page.goto(page.address)
    page.get_by_label("Views").select_option(label="For rules, shown folded")
    answers_held(page, 1)
    page.get_by_role("button", name="Take it in").hover()
    page.mouse.down()
    let_go(page, 0)
    page.mouse.up()
    page.get_by_text("0 rows so far").wait_for()


def test_a_list_stays_open_until_something_is_chosen_from_it(at_columns):
    page, _ = at_columns
    hold_answers(page)
    page.goto(page.address)
    page.get_by_label("Message").select_option("")
    answers_held(page, 1)
    page.get_by_label("Views").hover()
    page.mouse.down()
    page.mouse.up()
    let_go(page, 0)
    assert page.locator("select:open").count() == 1
    page.keyboard.press("Escape")
    page.get_by_text("4 are refused").wait_for()


def test_what_was_chosen_before_the_script_was_there_is_shown_too(at_columns):
    page, _ = at_columns
    scripts = Held(page, "**/columns.js")
    page.goto(page.address, wait_until="commit")
    page.get_by_label("Message").select_option("")
    scripts.let_go()
    page.get_by_text("4 are refused").wait_for()


def test_without_a_network_nothing_that_was_chosen_is_lost(at_columns):
    page, _ = at_columns
    page.goto(page.address)
    page.context.set_offline(True)
    page.get_by_label("Message").select_option("")
    button = page.get_by_role("button", name="Show what comes of it")
    button.wait_for()
    page.context.set_offline(False)
    button.click()
    page.get_by_text("4 are refused").wait_for()
    assert page.get_by_label("Message").input_value() == ""
    page.problems.clear()  # the browser's console notes the failed request itself


def test_the_guides_pages_have_no_violations(open_page, ada, posts):
    page = open_page(reduced_motion="reduce")
    known_to(page, ada)
    item_type, run = kept(posts, ada)
    found = {}
    for address in ("", "new/", "new/pictures/", "1/data/", "1/people/", f"1/data/{run.pk}/"):
        page.goto("/admin/start/" + address.replace("1/", f"{item_type.pk}/", 1))
        for scheme in looks(page):
            found[address, scheme] = complaints(page)
            assert page.locator(".preview .acts").evaluate_all(STAYS) in ([], [True])
            assert not page.evaluate(WIDER), (address, scheme)
    assert {where: what for where, what in found.items() if what} == {}
