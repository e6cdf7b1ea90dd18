"""Whoever is given nothing learns why, and until when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from routing import assignments
from routing.models import Assignment, Reviewer
from routing.standing import Standing, pause, resume, standing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    factories.item_type()
    return factories.person("rita", "reviewers")


def answer(user, minutes_ago):
    factories.submit(0.85)
    seat = assignments.claim(by=user)
    assignments.close(seat, "answered", by=user, now=timezone.now())
    moment = timezone.now() - timedelta(minutes=minutes_ago)
    Assignment.objects.filter(pk=seat.pk).update(closed_at=moment)
    return moment


def test_who_has_no_limits_is_refused_nothing(rita):
    assert standing(rita) == Standing()
    assert standing(rita).refusal is None


def test_who_belongs_to_no_queue_learns_so():
    assert standing(factories.person("carl", "compliance")) == Standing(no_queue=True)


def test_who_is_paused_reads_why(rita):
    pause(factories.limits(rita), why="too fast", by="system:test")
    refusal = standing(rita).refusal
    assert (refusal.code, refusal.status) == ("paused", 409)
    assert "(too fast)" in refusal.detail


def test_the_cap_says_when_the_next_answer_is_asked_for(rita):
    factories.limits(rita, daily_cap=2)
    moments = [answer(rita, minutes) for minutes in (1500, 90, 30)]
    assert standing(rita) == Standing(cap=2, until=moments[1] + timedelta(hours=24))
    assert standing(rita).refusal.code == "cap_reached"
    assert standing(rita, now=moments[1] + timedelta(hours=24, seconds=1)) == Standing()


def test_who_holds_as_many_as_the_cap_is_told_to_answer_these(rita):
    factories.limits(rita, daily_cap=1)
    factories.submit(0.85)
    assert assignments.claim(by=rita)
    assert standing(rita) == Standing(cap=1)
    assert "answer these" in standing(rita).refusal.detail


def test_standing_and_claim_agree(rita):
    factories.limits(rita, daily_cap=3)
    for _ in range(5):
        factories.submit(0.85)
    given = []
    while standing(rita).refusal is None:
        given.append(assignments.claim(by=rita))
    assert len(given) == 3
    assert (None not in given, assignments.claim(by=rita)) == (True, None)


def test_pausing_and_resuming_are_recorded_once(rita):
    limits = factories.limits(rita)
    assert [pause(limits, why="a", by="user:lea"), pause(limits, why="b", by="user:lea")] == [True, False]
    assert Reviewer.objects.get().paused_because == "a"
    assert [resume(limits, why="c", by="user:lea"), resume(limits, why="d", by="user:lea")] == [True, False]
    events = AuditEvent.objects.filter(verb__startswith="reviewer.").order_by("id")
    assert [(event.verb, event.data) for event in events] == [
        ("reviewer.paused", {"person": "rita", "why": "a"}),
        ("reviewer.resumed", {"person": "rita", "why": "c"}),
    ]
