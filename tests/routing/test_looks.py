"""Who looked at an item is in its trail, also where no answer came of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit import chain, trail
from audit.models import AuditEvent
from routing import assignments, looks
from routing.models import Assignment, Purpose
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat():
    """A seat that waits for a review."""
    factories.item_type()
    return factories.seat_of(factories.submit(0.85))


def told(item):
    return [(one.actor, one.data["ended"]) for one in trail.story(item).filter(verb="item.looked_at")]


def test_a_look_given_back_is_told_with_its_time(rita, seat):
    held = assignments.claim(by=rita)
    assignments.release(held.pk, by=rita)
    event = AuditEvent.objects.get(verb="item.looked_at")
    assert (event.actor, event.subject) == ("user:rita", f"routing.item:{seat.item_id}")
    assert event.data == {
        "assignment": seat.pk,
        "purpose": "review",
        "claimed_at": chain.plain(held.claimed_at),
        "until": event.data["until"],
        "ended": looks.GIVEN_BACK,
    }


def test_a_lease_that_ran_out_is_told_when_the_next_person_takes_the_seat(rita, seat):
    held = assignments.claim(by=rita)
    later = held.leased_until + timedelta(hours=1)
    nina = factories.person("nina", "reviewers")
    assert assignments.claim(by=nina, now=later).pk == seat.pk
    event = AuditEvent.objects.get(verb="item.looked_at")
    assert (event.actor, event.data["ended"]) == ("user:rita", looks.LAPSED)
    assert event.data["until"] == chain.plain(held.leased_until)


def test_a_look_that_nobody_needs_any_more_is_told(rita, seat):
    assignments.claim(by=rita)
    assignments.withdraw([seat.item_id], [Purpose.REVIEW], now=timezone.now())
    assert told(seat.item) == [("user:rita", looks.CALLED_OFF)]


def test_a_seat_that_nobody_held_leaves_no_look(seat):
    assignments.withdraw([seat.item_id], [Purpose.REVIEW], now=timezone.now())
    assert told(seat.item) == []
    assert Assignment.objects.get().outcome == "withdrawn"
