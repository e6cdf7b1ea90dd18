"""Real connections: many tabs at one cap, a pause among claims, and two clocks at what is overdue."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from audit.models import AuditEvent
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.models import Review
from routing import assignments, overdue, router, standing
from routing.models import Assignment, Item, Status
from tests import factories
from tests.races.racing import at_once, claim_until_empty

pytestmark = pytest.mark.django_db(transaction=True)
TABS = 4


@pytest.fixture
def rita():
    factories.item_type()
    router.submit("sentiment", [factories.entry(0.85) for _ in range(40)], by="system:test")
    return factories.person("rita", "reviewers")


def grow_old():
    Assignment.objects.update(created_at=timezone.now() - timedelta(hours=25))


def test_tabs_that_claim_at_once_pass_the_cap_by_no_more_than_one_seat_each(rita):
    factories.limits(rita, daily_cap=10)
    taken = at_once([lambda: claim_until_empty(rita)] * TABS)
    held = Assignment.objects.held_by(rita, timezone.now()).count()
    assert sum(len(seats) for seats in taken) == held
    # What is in hand counts, so that only claims of the same moment do not see each other.
    assert 10 <= held <= 10 + TABS - 1
    assert assignments.claim(by=rita) is None


def test_after_a_pause_is_committed_no_tab_is_given_anything(rita):
    limits = factories.limits(rita)

    def pause():
        standing.pause(limits, why="enough", by="system:test")
        return timezone.now()

    *_, paused = at_once([lambda: claim_until_empty(rita)] * TABS + [pause])
    assert not Assignment.objects.filter(claimed_at__gt=paused).exists()
    assert assignments.claim(by=rita) is None


def test_two_clocks_at_once_escalate_each_item_once(rita, monkeypatch):
    monkeypatch.setattr(overdue, "CHUNK", 7)
    grow_old()
    assert sum(at_once([lambda: overdue.escalate(most=1000)] * 3)) == 40
    assert AuditEvent.objects.filter(verb="item.escalated").count() == 40
    assert Assignment.objects.open().count() == 40
    grow_old()
    assert sum(at_once([lambda: overdue.escalate(most=1000)] * 3)) == 40
    assert AuditEvent.objects.filter(verb="item.overdue").count() == 40


def test_a_seat_that_is_being_taken_is_not_escalated_under_its_holder(rita):
    grow_old()
    with transaction.atomic():
        seat = assignments.claim(by=rita)
        assert at_once([lambda: overdue.escalate(most=1000)]) == [39]
    assert Item.objects.get(pk=seat.item_id).status == Status.PENDING_HUMAN
    assert assignments.renew(seat.pk, by=rita) > timezone.now()


def test_claims_and_the_clock_together_lose_nothing(rita):
    otto = factories.person("otto", "reviewers")
    grow_old()
    clock, *taken = at_once(
        [
            lambda: overdue.escalate(most=1000),
            lambda: claim_until_empty(rita),
            lambda: claim_until_empty(otto),
        ]
    )
    held = sum(len(seats) for seats in taken)
    assert Item.objects.filter(status=Status.PENDING_EXPERT).count() == clock
    assert Assignment.objects.filter(purpose="review", leased_until__gt=timezone.now()).count() == held
    assert Assignment.objects.open().count() == 40


def test_answers_and_the_clock_together_lose_nothing(rita):
    factories.item_type("double", opinions_wanted=2)
    router.submit("double", [factories.entry(0.85) for _ in range(20)], by="system:test")
    grow_old()
    seats = list(iter(lambda: assignments.claim(item_type="double", by=rita), None))

    def answer_all():
        return [review.submit(seat.pk, Answer("approve"), by=rita) for seat in seats]

    def clock():
        return sum(overdue.escalate(most=1000) for _ in range(5))

    *_, first, second = at_once([answer_all, clock, clock])
    assert first + second + overdue.escalate(most=1000) == 60
    assert Review.objects.count() == 20
    assert set(Item.objects.values_list("status", flat=True)) == {Status.PENDING_EXPERT}
    assert Assignment.objects.open().filter(purpose="expert").count() == 60
    assert Assignment.objects.open().count() == 60
