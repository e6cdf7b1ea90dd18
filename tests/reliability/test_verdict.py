"""The comparison that judges a run of faults finds what is lost and what is doubled."""

import time

import pytest

from bench.faulting.clients import Journal
from bench.faulting.receiver import Received
from bench.faulting.verdict import compare
from routing import assignments, names, router
from routing.intake import clean_entry
from routing.models import Delivery, Item
from tests import factories
from tests.api_client import item

pytestmark = pytest.mark.django_db


class Begun:
    """A moment before everything."""

    at, run = 0.0, 0


@pytest.fixture
def stored():
    """An automated item whose client was told."""
    kind = factories.item_type("faults")
    raw = item("r-1", 0.99, item_type="faults", callback_url="http://127.0.0.1:9/hook")
    made = router.submit(kind.slug, [clean_entry(raw, kind)], by="test")[0].item
    Delivery.objects.update(delivered_at=made.created_at, next_attempt_at=None)
    return made


def message(made: Item, identity=None) -> Received:
    """Return what the client received of it."""
    return Received(
        str(identity or Delivery.objects.get().pk),
        str(made.pk),
        "item.decided",
        time.monotonic(),
        signed=True,
    )


def judged(made, *messages, refs=("r-1",)):
    """Return what is found lost and doubled where these posts were acknowledged."""
    journal = Journal(posts={ref: (str(made.pk), 0.0, 0.0) for ref in refs})
    found = compare(journal, list(messages), Begun())
    return found.lost, found.doubled, found.repeated, found.book


def test_all_is_well_where_all_is_there(stored):
    assert judged(stored, message(stored)) == ([], [], 0, "intact")


def test_an_acknowledged_item_that_is_not_stored_is_lost(stored):
    assert judged(stored, message(stored), refs=("r-1", "r-2"))[0] == ["item r-2"]


def test_a_message_under_one_id_is_repeated_and_under_two_is_doubled(stored):
    once = message(stored)
    assert judged(stored, once, once) == ([], [], 1, "intact")
    twice = judged(stored, once, message(stored, "another"))[1]
    assert twice == [f"message item.decided of item {stored.pk} under two ids"]


def test_a_message_that_was_never_sent_is_lost(stored):
    assert judged(stored)[0] == [f"message {Delivery.objects.get().pk}: never sent"]


def test_an_acknowledged_answer_that_is_not_stored_is_lost(stored, rita):
    kind = stored.item_type
    raw = item("r-3", 0.85, item_type="faults")
    router.submit(kind.slug, [clean_entry(raw, kind)], by="test")
    seat = assignments.claim(by=rita)
    journal = Journal(answers={(names.of_seat(seat.pk), "rita"): ("positive", 0.0, 0.0)})
    assert compare(journal, [message(stored)], Begun()).lost == [f"answer at seat {seat.pk}"]
