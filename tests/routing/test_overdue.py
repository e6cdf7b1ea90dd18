"""What nobody answers in time goes to an expert, what an expert leaves becomes urgent, nothing is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from labeling.answering import review
from routing import assignments, overdue, tasks
from routing.assignments import Want
from routing.models import Assignment, Item, Priority, Purpose, Queue, Status
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    factories.item_type(opinions_wanted=2)
    return factories.person("rita", "reviewers")


def age(hours, **which):
    Assignment.objects.filter(**which).update(created_at=timezone.now() - timedelta(hours=hours))


def open_purposes(item):
    return sorted(Assignment.objects.open().filter(item=item).values_list("purpose", flat=True))


def run():
    return overdue.escalate(most=1000)


def test_a_dispute_that_no_expert_answers_in_time_becomes_urgent():
    factories.item_type()
    item = factories.submit(0.99)
    want = Want(item, Purpose.APPEAL, item.item_type.expert_queue, Priority.HIGH, blind=True)
    [seat] = assignments.ask([want])
    age(25, pk=seat.pk)
    run()
    seat.refresh_from_db()
    assert (seat.priority, seat.overdue_at is None) == (Priority.URGENT, False)
    assert AuditEvent.objects.filter(verb="item.overdue").count() == 1


def test_what_nobody_answered_in_time_goes_to_an_expert(rita):
    item, fresh = factories.submit(0.85), factories.submit(0.85)
    age(25, item=item)
    assert run() == 1
    item.refresh_from_db()
    assert (item.status, item.priority, open_purposes(item)) == ("pending_expert", Priority.HIGH, ["expert"])
    assert item.reasons[-1]["code"] == "escalated"
    assert item.reasons[-1]["text"] == "nobody answered within 24 hours"
    event = AuditEvent.objects.get(verb="item.escalated")
    assert (event.actor, event.data["before"], event.data["after"]) == (
        "system:overdue",
        "pending_human",
        "pending_expert",
    )
    fresh.refresh_from_db()
    assert fresh.status == "pending_human"


def test_half_answered_counts_as_not_answered(rita):
    item = factories.submit(0.85)
    review.submit(assignments.claim(by=rita).pk, review.Answer("approve"), by=rita)
    age(25, item=item)
    assert run() == 1
    assert open_purposes(item) == ["expert"]


def test_what_somebody_holds_is_left_to_them(rita):
    item = factories.submit(0.85)
    seat = assignments.claim(by=rita)
    age(25, item=item)
    assert run() == 0
    Assignment.objects.filter(pk=seat.pk).update(leased_until=timezone.now())
    assert run() == 1


def test_each_queue_has_its_own_timeout(rita):
    item = factories.submit(0.85)
    age(5, item=item)
    assert run() == 0
    Queue.objects.filter(slug="reviews").update(timeout_hours=4)
    assert run() == 1


def test_audits_and_picks_of_learning_are_left_open(rita):
    approved, pooled = factories.submit(0.99), factories.submit(0.5, pool=True)
    queue = Queue.objects.get(slug="reviews")
    assignments.ask([Want(approved, Purpose.AUDIT, queue), Want(pooled, Purpose.LEARN, queue)])
    age(100)
    assert (run(), open_purposes(approved), open_purposes(pooled)) == (0, ["audit"], ["learn"])


def test_an_experts_delay_makes_the_seat_urgent_and_is_recorded_once(rita):
    item = factories.submit(0.85)
    age(25, item=item)
    run()
    age(25, item=item, purpose="expert")
    assert [run(), run()] == [1, 0]
    seat = factories.seat_of(item, "expert")
    assert (seat.priority, seat.closed_at) == (Priority.URGENT, None)
    assert Item.objects.get().priority == Priority.URGENT
    event = AuditEvent.objects.get(verb="item.overdue")
    assert (event.subject_id, event.data["queue"], event.data["timeout_hours"]) == (
        str(item.pk),
        "experts",
        24,
    )


def test_many_cost_as_many_statements_as_one(rita):
    factories.submit(0.85)
    age(25, purpose__in=overdue.LOOKS)
    with counted(most=40) as first:
        assert run() == 1
    for _ in range(30):
        factories.submit(0.85)
    age(25, purpose__in=overdue.LOOKS)
    with counted(most=len(first)):
        assert run() == 30
    assert Item.objects.filter(status=Status.PENDING_EXPERT).count() == 31


def test_more_than_a_chunk_is_done_in_one_run(rita, monkeypatch):
    monkeypatch.setattr(overdue, "CHUNK", 3)
    for _ in range(7):
        factories.submit(0.85)
    age(25)
    assert tasks.escalate_overdue() == 7
    assert tasks.escalate_overdue() == 0
