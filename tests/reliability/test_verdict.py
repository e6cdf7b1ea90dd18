"""The comparison that judges a run of faults finds what is lost and what is doubled."""

import time

import pytest

from audit import trail
from bench.faulting.clients import Journal
from bench.faulting.receiver import Received
from bench.faulting.verdict import compare
from labeling.answering.review import Answer, submit
from labeling.models import Label, Review
from learning.models import TrainingRun
from routing import assignments, looks, names, router
from routing.intake import clean_entry
from routing.models import Assignment, Delivery, Item
from tests import factories
from tests.api_client import item
from tests.audit import book

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


@pytest.fixture
def seat(stored, rita):
    """A seat that Rita has claimed."""
    kind = stored.item_type
    raw = item("r-3", 0.85, item_type="faults")
    router.submit(kind.slug, [clean_entry(raw, kind)], by="test")
    return assignments.claim(by=rita)


@pytest.fixture
def review(seat, rita):
    """Her acknowledged answer."""
    submit(seat.pk, Answer("edit", "positive"), by=rita)
    return Review.objects.get()


def answered(seat, *claimed):
    """Return what is found lost and doubled where Rita's answer, and these claims, were acknowledged."""
    name = names.of_seat(seat.pk)
    journal = Journal(answers={(name, "rita"): ("positive", 0.0, 0.0)})
    journal.claims = [(name, who, 0.0, 0.0) for who in claimed]
    came = [message(seat.item, one.pk) for one in Delivery.objects.all()]
    found = compare(journal, came, Begun())
    return found.lost, found.doubled


def test_an_acknowledged_answer_that_is_not_stored_is_lost(seat):
    assert answered(seat) == ([f"answer at seat {seat.pk}"], [])


def test_all_is_well_with_an_answer_that_is_there(seat, review):
    assert answered(seat, "rita") == ([], [])


def test_a_label_that_is_missing_is_lost(seat, review):
    Label.objects.filter(review=review).delete()
    assert answered(seat) == ([f"label of review {review.pk}"], [])


def test_a_second_label_of_one_answer_is_doubled(seat, review):
    kept = Label.objects.filter(review=review).values_list("label", "item_type_id", "item_ref").get()
    twin = dict(zip(("label", "item_type_id", "item_ref"), kept, strict=True), review=review)
    Label.objects.create(**twin, action="edit", source="review", superseded_at=review.created_at)
    assert answered(seat) == ([], [f"label of review {review.pk}"])


def test_an_event_told_twice_is_doubled(seat, review):
    trail.record("review.submitted", review.item, by="test", assignment=seat.pk)
    assert answered(seat) == ([], [f"event of answer at seat {seat.pk}"])


def test_an_answer_without_its_event_is_lost(seat, review):
    book.tamper("DELETE FROM audit_auditevent WHERE verb = 'review.submitted'")
    assert answered(seat) == ([f"event of answer at seat {seat.pk}"], [])


def test_a_seat_that_two_were_given_at_once_is_doubled(seat, review):
    assert answered(seat, "rita", "edgar") == ([], [f"seat {seat.pk}, given to edgar and rita"])


def test_a_seat_may_be_given_again_once_its_lease_ran_out(seat, review):
    row = Assignment.objects.values("item_id", "purpose", "claimed_at", "leased_until").get(pk=seat.pk)
    looks.record([row | {"assignment": seat.pk, "person": 1}], looks.LAPSED, now=seat.leased_until)
    assert answered(seat, "rita", "edgar") == ([], [])


def test_a_seat_that_its_holder_lost_is_lost(seat):
    assert answered(seat, "edgar")[0] == [f"answer at seat {seat.pk}", f"seat {seat.pk} of edgar"]


def test_a_training_without_an_end_and_one_without_a_model_are_lost(stored):
    fields = {"item_type": stored.item_type, "trigger": "test", "learner": "linear"}
    TrainingRun.objects.create(**fields)
    TrainingRun.objects.create(**fields, status="done", finished_at=stored.created_at)
    assert judged(stored, message(stored))[0] == ["the end of 1 training runs", "models of 1 finished runs"]
