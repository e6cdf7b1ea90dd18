"""A part that a worker is busy with is read anew, and takes nothing from whoever uses the page meanwhile."""

import pytest
from django.utils import timezone

from audit import tasks, trail
from audit.models import Verification
from routing.models import Erasure
from routing.roles import ensure_roles
from tests import factories
from tests.audit import attacks
from tests.browser.conftest import known_to
from tests.browser.holding import Held, answers_held, hold_answers, let_go, stand_still

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "/compliance/erasures/"


@pytest.fixture
def cora(db):
    """The compliance officer."""
    ensure_roles(by="system:test")
    return factories.person("cora", "compliance")


@pytest.fixture
def page(open_page, cora):
    """A page of theirs whose clock goes only where a test turns it."""
    page = open_page(cold=True)
    known_to(page, cora)
    stand_still(page)
    return page


@pytest.fixture
def erasure(db):
    """An erasure that runs, of what exports may hold."""
    copies = [{"item_type": "claims", "format": "csv", "at": "2026-01-01T00:00:00Z", "by": "user:ada"}]
    return Erasure.objects.create(about="0" * 64, why="request 4711", asked_by="user:cora", copies=copies)


def ended(erasure):
    Erasure.objects.filter(pk=erasure.pk).update(ended_at=timezone.now())


def test_what_is_focused_while_the_answer_comes_stays_and_is_read_anew_afterwards(page, erasure):
    hold_answers(page)
    page.goto(PAGE)
    ended(erasure)
    page.clock.run_for(1_500)
    answers_held(page, 1)
    page.locator("#erasures .scroll").focus()
    let_go(page, 0)
    assert page.evaluate("document.activeElement.closest('#erasures') !== null")
    page.locator("#id_about").focus()
    page.clock.run_for(2_000)
    answers_held(page, 2)
    let_go(page, 1)
    assert page.get_by_text("running").count() == 0


def test_what_was_opened_to_be_read_stays_open(page, erasure):
    hold_answers(page)
    page.goto(PAGE)
    page.get_by_text("1 export may hold it").click()
    page.locator("#id_about").focus()
    page.clock.run_for(1_500)
    answers_held(page, 1)
    let_go(page, 0)
    assert page.get_by_text("claims as csv").is_visible()


def test_who_was_signed_out_keeps_what_was_shown(page, erasure):
    page.goto(PAGE)
    page.context.clear_cookies()
    for _ in range(2):
        with page.expect_response("**/accounts/login/**"):
            page.clock.run_for(2_000)
    assert page.locator("#erasures").get_by_text("running").is_visible()


def test_a_verdict_that_comes_while_something_is_sent_does_not_take_that_back(open_page, cora, settings):
    settings.HITL_SIGNING_KEY = attacks.SEED
    trail.seal()
    page = open_page(cold=True)
    known_to(page, cora)
    page.goto("/compliance/checking/")
    page.get_by_role("button", name="Verify now").click()
    page.get_by_text("Waiting for a worker").wait_for()
    tasks.verify(Verification.objects.get().pk)
    sent = Held(page, "**/compliance/checking/sign/")
    with page.expect_response(lambda answer: answer.request.resource_type == "fetch"):
        page.get_by_role("button", name="Sign now").click(no_wait_after=True)
    sent.let_go()
    page.get_by_text("Signed up to seal").wait_for()
    assert page.get_by_role("heading", name="The book is intact").is_visible()
