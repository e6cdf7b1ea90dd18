"""A decision is disputed once at a time, in time, and where its item type has that right."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit import trail
from audit.models import AuditEvent
from labeling.appeals import opening
from labeling.appeals.opening import NotDisputable, NotYours
from labeling.models import Appeal
from routing.models import Assignment, Delivery, Item
from routing.privacy import erasing
from tests import factories
from tests.labeling.disputes import automated, decided, disputable, dispute
from tests.labeling.opinions import answer

pytestmark = pytest.mark.django_db


def why_not(item, **changes):
    """Return why this item's decision can't be disputed, after these changes of it."""
    Item.objects.filter(pk=item.pk).update(**changes)
    with pytest.raises(NotDisputable) as refused:
        dispute(item)
    return refused.value.detail


def test_a_dispute_opens_one_blind_seat_for_an_expert_and_leaves_the_decision(rita):
    item = decided(rita)
    appeal = dispute(item)
    seat = appeal.seat
    assert (seat.purpose, seat.blind, seat.priority, seat.queue.slug) == ("appeal", True, 2, "experts")
    item.refresh_from_db()
    assert (item.status, item.label) == ("approved", "positive")
    assert (appeal.disputed_label, appeal.disputed_by, appeal.opened_by) == (
        "positive",
        "user:rita",
        "subject",
    )


def test_asked_again_the_open_dispute_is_returned_and_nothing_changes(rita):
    item = decided(rita)
    first = opening.dispute(item.pk, "One.", by="subject")
    again = opening.dispute(item.pk, "Two.", by="subject")
    assert (first.duplicate, again.duplicate, first.appeal) == (False, True, again.appeal)
    assert Appeal.objects.get().reason == "One."
    assert AuditEvent.objects.filter(verb="appeal.opened").count() == 1


def test_the_reason_can_be_read_in_the_trail_with_the_items_secret_alone(rita):
    item = decided(rita)
    dispute(item, "My name is Ada.")
    event = AuditEvent.objects.get(verb="appeal.opened")
    assert "Ada" not in str(event.data)
    assert trail.opened(event, item.secret)["reason"] == "My name is Ada."


def test_a_type_without_the_right_a_waiting_item_and_an_erased_one_are_refused(rita):
    factories.item_type()
    item = factories.submit(0.85)
    assert why_not(item) == "There is no decision yet."
    assert why_not(answer(rita, "positive")) == "Decisions of this kind can't be disputed here."
    erasing.of_item(item, why="asked for", by="system:test")
    assert why_not(item) == "What this decision was made on has been erased, so nobody can look at it again."


def test_after_the_last_day_it_is_too_late():
    disputable(days=2)
    item = automated()
    late = why_not(item, decided_at=timezone.now() - timedelta(days=2, seconds=1))
    assert late.startswith("The time to dispute this decision ended on")
    Item.objects.filter(pk=item.pk).update(decided_at=timezone.now() - timedelta(days=1, hours=23))
    assert dispute(item).state == "open"


def test_whom_it_was_opened_by_may_take_it_back_and_the_seat_goes(rita, edgar):
    item = decided(rita)
    appeal = dispute(item)
    with pytest.raises(NotYours):
        opening.withdraw(appeal, by=edgar)
    taken = opening.withdraw(appeal, by="subject")
    assert (taken.state, taken.closed_by) == ("withdrawn", "subject")
    assert Assignment.objects.get(purpose="appeal").outcome == "withdrawn"
    assert opening.withdraw(appeal, by="subject").closed_at == taken.closed_at


def test_a_client_takes_back_what_it_opened_with_a_key_that_was_replaced_since(rita):
    appeal = dispute(decided(rita), by="key:aaaaaaaa/acme")
    with pytest.raises(NotYours):
        opening.withdraw(appeal, by="key:aaaaaaaa/other")
    assert opening.withdraw(appeal, by="key:bbbbbbbb/acme").state == "withdrawn"


def test_what_was_taken_back_may_be_disputed_again_but_not_for_ever(rita):
    item = decided(rita)
    for _ in range(opening.MOST_TAKEN_BACK):
        opening.withdraw(dispute(item), by="subject")
    assert why_not(item) == "Disputes of this decision were taken back too often."


def test_the_client_is_told_of_the_dispute_and_of_its_end():
    item = automated(callback_url="https://client.example/hook")
    opening.withdraw(dispute(item), by="subject")
    told = list(Delivery.objects.order_by("id").values_list("event", "body__data__appeal__state"))
    assert told == [
        ("item.decided", None),
        ("appeal.opened", "open"),
        ("appeal.withdrawn", "withdrawn"),
    ]
