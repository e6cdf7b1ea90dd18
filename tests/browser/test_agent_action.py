"""An agent's action on the page: each argument in a field of its type, and only the answers that it takes."""

import pytest

from labeling.models import Review
from routing import router
from routing.policy import Opinion
from tests import factories
from tests.browser.conftest import known_to
from tests.browser.test_kinds_text import moved_on, seat_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ARGS = {"order": "A-1", "amount": 180, "notify": True, "lines": [{"sku": 12345678901234567890}]}
MARKUP = "Sent **back**. <b id=injected>x</b> ![spy](https://evil.example/x.png)"


def at_an_action(page, rita, many=1, **allowed):
    """Open the page of an action of an agent that takes these answers."""
    factories.item_type("actions", kind="agent_action", labels=[], reject_means="withhold")
    payload = {"action": "refund", "args": ARGS, "config": allowed, "description": MARKUP}
    said = (Opinion("bot@1", {"action": "refund", "args": ARGS}, 0.85),)
    entries = [router.Entry(f"action-{n}", payload, opinions=said) for n in range(many)]
    router.submit("actions", entries, by="system:test")
    known_to(page, rita)
    page.goto("/review/work/")
    page.locator("[data-arg=amount]").wait_for()


def test_arguments_are_edited_in_place_and_long_numbers_stay_exact(open_page, rita):
    page = open_page()
    at_an_action(page, rita, many=3)
    assert (page.locator("#injected").count(), page.locator(".because img").count()) == (0, 0)
    lines = page.locator("[data-arg=lines] textarea")
    before = lines.input_value()
    lines.fill("[]")
    page.locator("[data-restore]").click()
    assert (lines.input_value(), page.locator("[data-save]:visible").count()) == (before, 0)
    page.fill("[data-arg=amount] input", "much")
    assert page.locator("[data-arg=amount] [data-wrong]").inner_text() == "This is no number yet."
    assert page.locator("[data-save]").is_disabled()
    page.fill("[data-arg=amount] input", "80.5")
    seat = seat_of(page)
    page.locator("[data-save]").click()
    moved_on(page, seat)
    assert Review.objects.latest("id").label == {"action": "refund", "args": ARGS | {"amount": 80.5}}
    page.locator("[data-arg=amount]").wait_for()
    seat = seat_of(page)
    page.keyboard.press("Enter")
    moved_on(page, seat)
    assert Review.objects.latest("id").action == "approve"
    seat = seat_of(page)
    page.keyboard.press("n")
    moved_on(page, seat)
    assert Review.objects.values_list("action", "comment").latest("id") == ("reject", "")


def test_an_answer_that_the_agent_does_not_take_is_not_there(open_page, rita):
    page = open_page()
    at_an_action(page, rita, allow_edit=False, allow_ignore=False)
    shown = page.locator(".acts .act:visible span").all_inner_texts()
    assert shown == ["Accept", "Respond", "Escalate", "Skip"]
    assert page.locator("[data-arg=amount] input").get_attribute("readonly") is not None
