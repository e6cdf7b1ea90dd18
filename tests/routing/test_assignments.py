"""Seats are claimed by urgency, held on a lease, and never shared."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from routing import assignments, standing
from routing.errors import SeatLost
from routing.models import Assignment, Queue
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    factories.item_type()
    return factories.person("rita", "reviewers")


def expire(seat):
    Assignment.objects.filter(pk=seat.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def test_a_claim_takes_two_statements(rita):
    for _ in range(5):
        factories.submit(0.85)
    with counted(most=2):
        seat = assignments.claim(by=rita)
    assert (seat.user, seat.suggestion["label"], seat.item.item_type.slug) == (rita, "positive", "sentiment")


def test_the_more_urgent_is_served_first_and_then_the_older(rita):
    normal, also_normal, high = (factories.submit(score) for score in (0.85, 0.9, 0.6))
    assert [assignments.claim(by=rita).item for _ in range(3)] == [high, normal, also_normal]


def test_what_is_overdue_comes_before_what_is_urgent(rita):
    late, urgent = factories.submit(0.85), factories.submit(0.6)
    Assignment.objects.filter(item=late).update(due_at=timezone.now() - timedelta(minutes=1))
    assert [assignments.claim(by=rita).item for _ in range(2)] == [late, urgent]


def test_expected_utility_orders_what_is_equally_urgent(rita):
    dull, telling = factories.submit(0.85), factories.submit(0.85)
    assert assignments.reprioritise({dull.pk: 0.1, telling.pk: 0.9}) == 2
    assert assignments.claim(by=rita).item == telling


def test_a_held_seat_is_given_to_nobody_else(rita):
    factories.submit(0.85)
    otto = factories.person("otto", "reviewers")
    assert assignments.claim(by=rita)
    assert assignments.claim(by=otto) is None


def test_a_seat_whose_lease_ran_out_is_free_without_any_task(rita):
    factories.submit(0.85)
    otto = factories.person("otto", "reviewers")
    expire(assignments.claim(by=rita))
    assert assignments.claim(by=otto).user == otto
    assert assignments.claim(by=rita) is None


def test_nobody_gets_two_seats_of_one_item(rita):
    Queue.objects.get(slug="reviews")
    factories.item_type("double", opinions_wanted=2)
    factories.submit(0.85, to="double")
    assert assignments.claim(by=rita)
    assert assignments.claim(by=rita) is None


def test_only_the_members_of_the_group_are_served(rita):
    factories.submit(0.3)
    assert assignments.claim(by=rita) is None
    assert assignments.claim(by=factories.person("edgar", "experts")) is not None


def test_a_paused_queue_gives_nothing_out(rita):
    factories.submit(0.85)
    Queue.objects.update(paused_at=timezone.now())
    assert assignments.claim(by=rita) is None


def test_a_claim_may_name_its_queue_and_item_type(rita):
    factories.item_type("other")
    first, other = factories.submit(0.85), factories.submit(0.85, to="other")
    assert assignments.claim(item_type="other", by=rita).item == other
    assert assignments.claim(queue="experts", by=rita) is None
    assert assignments.claim(queue="reviews", by=rita).item == first


def test_the_current_seat_is_the_one_claimed_last(rita):
    factories.submit(0.85)
    assert assignments.current(rita) is None
    seat = assignments.claim(by=rita)
    assert assignments.current(rita) == seat


def test_renewing_extends_the_lease(rita):
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    Assignment.objects.filter(pk=seat.pk).update(leased_until=timezone.now() + timedelta(seconds=5))
    assert assignments.renew(seat.pk, by=rita) > timezone.now() + timedelta(minutes=9)


def test_a_released_seat_is_free_at_once(rita):
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    assignments.release(seat.pk, by=rita)
    assert assignments.claim(by=factories.person("otto", "reviewers")) == seat


@pytest.mark.parametrize("act", [assignments.renew, assignments.release])
def test_what_is_lost_or_anothers_can_be_neither_renewed_nor_released(rita, act):
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    with pytest.raises(SeatLost):
        act(seat.pk, by=factories.person("otto", "reviewers"))
    expire(seat)
    with pytest.raises(SeatLost):
        act(seat.pk, by=rita)


def test_who_has_left_the_group_neither_keeps_nor_is_shown_what_they_held(rita):
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    rita.groups.clear()
    assert assignments.current(rita) is None
    with pytest.raises(SeatLost):
        assignments.renew(seat.pk, by=rita)
    assignments.release(seat.pk, by=rita)
    assert assignments.claim(by=factories.person("otto", "reviewers")) == seat


def test_what_is_equally_urgent_in_two_queues_is_served_by_age(rita):
    factories.queue("quick", sla_minutes=1)
    factories.item_type("fast", queue=Queue.objects.get(slug="quick"))
    old, new = factories.submit(0.85), factories.submit(0.85, to="fast")
    assert [assignments.claim(by=rita).item for _ in range(2)] == [old, new]


def test_of_a_queue_with_many_types_no_more_is_counted_than_the_limit(rita):
    for slug in ("b", "c"):
        factories.item_type(slug)
    for slug in ("sentiment", "b", "c"):
        for _ in range(2):
            factories.submit(0.85, to=slug)
    queue = Queue.objects.get(slug="reviews").pk
    assert assignments.count(by=rita, limit=5) == {queue: (5, 0)}
    assert assignments.count(by=rita, limit=7) == {queue: (6, 0)}


def test_the_database_refuses_a_lease_without_a_holder(rita):
    seat = factories.seat_of(factories.submit(0.85))
    with pytest.raises(IntegrityError, match="assignment_lease_has_holder_and_end"):
        Assignment.objects.filter(pk=seat.pk).update(leased_until=timezone.now())


def test_withdrawn_seats_are_closed_and_not_given_out(rita):
    item = factories.submit(0.85)
    assert assignments.withdraw([item.pk], ["review"], now=timezone.now()) == 1
    assert assignments.claim(by=rita) is None


def test_only_who_has_the_skill_is_given_what_asks_for_one(rita):
    factories.item_type("law", skill="law")
    case, plain = factories.submit(0.6, to="law"), factories.submit(0.85)
    factories.limits(rita, skills=["tax"])
    lawyer = factories.person("lena", "reviewers")
    factories.limits(lawyer, skills=["tax", "law"])
    assert [assignments.claim(by=rita).item, assignments.claim(by=rita)] == [plain, None]
    assert [assignments.claim(by=lawyer).item, assignments.claim(by=lawyer)] == [case, None]


def test_who_has_no_row_of_limits_is_given_everything(rita):
    factories.item_type("law", skill="law")
    case = factories.submit(0.85, to="law")
    assert assignments.claim(by=rita).item == case


def test_over_several_types_and_skills_the_order_is_late_then_priority_then_utility_then_age(rita):
    for slug in ("law", "tax"):
        factories.item_type(slug, skill=slug)
    factories.item_type("secret", skill="secret")
    factories.limits(rita, skills=["law", "tax"])
    factories.submit(0.6, to="secret")
    old, useful, high = (
        factories.submit(0.85, to="law"),
        factories.submit(0.85),
        factories.submit(0.6, to="tax"),
    )
    late, later = factories.submit(0.85, to="tax"), factories.submit(0.85, to="law")
    new = factories.submit(0.85, to="tax")
    assignments.reprioritise({useful.pk: 0.7})
    for minutes, item in ((9, late), (5, later)):
        Assignment.objects.filter(item=item).update(due_at=timezone.now() - timedelta(minutes=minutes))
    given = [seat.item for seat in iter(lambda: assignments.claim(by=rita), None)]
    assert given == [late, later, high, useful, old, new]


def test_an_item_is_given_once_to_a_person_whatever_their_skills(rita):
    factories.item_type("law", skill="law", opinions_wanted=3)
    factories.limits(rita, skills=["law"])
    first, second = factories.submit(0.85, to="law"), factories.submit(0.85, to="law")
    assert [seat.item for seat in iter(lambda: assignments.claim(by=rita), None)] == [first, second]


def test_a_paused_person_is_given_nothing_and_keeps_what_they_hold(rita):
    factories.submit(0.85)
    factories.submit(0.85)
    limits = factories.limits(rita)
    seat = assignments.claim(by=rita)
    assert standing.pause(limits, why="training", by="system:test")
    assert (assignments.claim(by=rita), assignments.waits(by=rita)) == (None, False)
    assert assignments.renew(seat.pk, by=rita) > timezone.now()
    assert standing.resume(limits, why="trained", by="system:test")
    assert assignments.claim(by=rita) is not None


def test_the_daily_cap_counts_what_was_answered_in_a_day_and_what_is_held(rita):
    for _ in range(4):
        factories.submit(0.85)
    factories.limits(rita, daily_cap=2)
    first, second = assignments.claim(by=rita), assignments.claim(by=rita)
    assert assignments.claim(by=rita) is None
    assignments.close(first, "answered", by=rita, now=timezone.now())
    assert assignments.claim(by=rita) is None
    assignments.release(second.pk, by=rita)
    assert assignments.claim(by=rita) == second
    assert assignments.claim(by=rita) is None
    Assignment.objects.filter(pk=first.pk).update(closed_at=timezone.now() - timedelta(hours=24))
    assert assignments.claim(by=rita) is not None


def test_a_claim_under_all_limits_takes_two_statements(rita):
    factories.item_type("law", skill="law")
    factories.limits(rita, skills=["law"], daily_cap=5)
    factories.submit(0.85, to="law")
    with counted(most=2):
        assert assignments.claim(by=rita, without=[1]).item.item_type.slug == "law"


def test_what_is_counted_is_what_can_be_given(rita):
    factories.item_type("law", skill="law")
    factories.item_type("double", opinions_wanted=2)
    for slug in ("law", "double", "sentiment", "sentiment"):
        factories.submit(0.85, to=slug)
    late = factories.submit(0.6)
    Assignment.objects.filter(item=late).update(due_at=timezone.now())
    factories.limits(rita, skills=[])
    queue = Queue.objects.get(slug="reviews").pk
    assert assignments.count(by=rita, limit=10) == {queue: (5, 1)}
    assert assignments.claim(item_type="double", by=rita)
    assert assignments.count(by=rita, limit=10) == {queue: (3, 1)}
    assert len(list(iter(lambda: assignments.claim(by=rita), None))) == 3
    assert assignments.count(by=rita, limit=10) == {queue: (0, 0)}
