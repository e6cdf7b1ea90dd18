"""Known questions among people's looks: how many, for whom, at which items, where in the queue."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from labeling.models import AnnotatorSkill
from labeling.people import planting
from routing import assignments, policies
from routing.models import Assignment, Item, ItemType
from tests import factories
from tests.labeling.looks import answer, ask, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return factories.item_type(gold_share=0.25)


def known(count, **fields):
    """Return items that waited for a person and that an expert has decided."""
    edgar = factories.person(f"edgar-{Item.objects.count()}", "experts")
    items = [factories.submit(0.85, **fields) for _ in range(count)]
    for item in items:
        answer(ask(settled(item), "expert"), edgar, "negative")
    return items


def looks(person, count):
    """Let the person have answered so many ordinary items."""
    for _ in range(count):
        answer(factories.seat_of(factories.submit(0.85)), person, "positive")


@pytest.mark.parametrize(("count", "planted"), [(3, 0), (4, 1), (9, 1)])
def test_a_person_is_asked_once_they_have_looked_often_enough(made, rita, count, planted):
    known(3)
    looks(rita, count)
    assert len(planting.plant(made)) == planted


def test_nobody_has_two_waiting_and_the_share_is_kept(made, rita):
    known(5)
    looks(rita, 8)
    asked = []
    for _ in range(4):
        found = planting.plant(made)
        asked.append(len(found))
        assert planting.plant(made) == []
        for seat in found:
            answer(seat, rita, "negative")
    # Of 8 looks and two questions, 10 in all, a quarter is 2; a third would be more than a quarter.
    assert asked == [1, 1, 0, 0]


def test_each_person_is_asked_on_their_own(made, rita):
    sam = factories.person("sam", "reviewers")
    known(1)
    looks(rita, 4)
    looks(sam, 4)
    seats = planting.plant(made)
    assert [seat.meant_for for seat in seats] == [rita, sam]
    assert [assignments.claim(by=person).pk for person in (sam, rita)] == [seats[1].pk, seats[0].pk]


def test_nobody_is_asked_what_they_have_seen(made, rita):
    item = known(1)[0]
    answer(ask(item, "second"), rita, "negative")
    looks(rita, 8)
    assert planting.plant(made) == []


@pytest.mark.parametrize("fields", [{"gold_share": 0.0}, {"kind": "regression", "labels": []}])
def test_without_a_share_or_a_way_to_tell_right_from_wrong_nothing_is_planted(made, rita, fields):
    known(1)
    looks(rita, 8)
    ItemType.objects.update(**fields)
    assert planting.plant(ItemType.objects.get()) == []


def test_who_is_not_at_work_is_not_asked(made, rita):
    known(1)
    looks(rita, 8)
    assert planting.plant(made, now=timezone.now() + timedelta(hours=2)) == []


def test_who_is_known_well_is_asked_less(made, rita):
    known(3)
    looks(rita, 8)
    measured = {"method": "one_coin", "accuracy": 0.95, "low": 0.93, "high": 0.97}
    AnnotatorSkill.objects.create(item_type=made, user=rita, gold_answered=400, gold_right=380, **measured)
    looks(rita, 1)
    assert planting.plant(made) == []  # of 9 looks two fifths of a quarter is not one
    looks(rita, 1)
    assert len(planting.plant(made)) == 1


def test_it_is_given_next_and_looks_as_if_it_had_waited_like_the_others(made, rita):
    known(1)
    looks(rita, 4)
    waiting = [factories.seat_of(factories.submit(0.6)) for _ in range(3)]
    came = timezone.now() - timedelta(minutes=7)
    Assignment.objects.filter(pk=waiting[0].pk).update(created_at=came, due_at=came + timedelta(hours=2))
    (seat,) = planting.plant(made)
    waiting[0].refresh_from_db()
    assert timedelta() < waiting[0].created_at - seat.created_at < planting.MOMENT
    assert {one.due_at - one.created_at for one in (seat, waiting[1])} == {timedelta(minutes=120)}
    assert (seat.priority, seat.queue, seat.blind) == (waiting[0].priority, waiting[0].queue, False)
    assert assignments.claim(by=rita).pk == seat.pk


def test_beside_a_batch_it_seems_to_have_come_with_it(made, rita):
    known(1)
    looks(rita, 4)
    for _ in range(3):
        factories.submit(0.6)
    came = timezone.now() - timedelta(minutes=3)
    Assignment.objects.open().update(created_at=came, due_at=came + timedelta(hours=2))
    (seat,) = planting.plant(made)
    assert (seat.created_at, seat.due_at) == (came, came + timedelta(hours=2))
    assert assignments.claim(by=rita).pk == seat.pk


def test_among_checks_alone_nothing_is_planted(made, rita):
    item = known(1)[0]
    looks(rita, 4)
    checked = settled(factories.submit(0.85))
    ask(checked, "learn")
    assert planting.plant(made) == []
    ordinary = factories.seat_of(factories.submit(0.6))
    (seat,) = planting.plant(made)
    assert (seat.item, seat.priority) == (item, ordinary.priority)


def test_a_question_of_the_policy_in_force_comes_first(made, rita):
    _, late = known(1), known(1)[0]
    looks(rita, 4)
    policies.publish(made, reason="anew", by="user:anna")
    fresh = factories.submit(0.6)
    Item.objects.filter(pk=late.pk).update(policy=fresh.policy)
    assert [seat.item for seat in planting.plant(made)] == [late]


def test_it_is_given_next_where_others_are_overdue(made, rita):
    known(1)
    looks(rita, 4)
    late = factories.seat_of(factories.submit(0.6))
    Assignment.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=3))
    (seat,) = planting.plant(made)
    assert assignments.claim(by=rita).pk == seat.pk


def test_what_an_older_model_said_is_not_shown(made, rita):
    known(1)
    looks(rita, 4)
    factories.submit(0.6, opinions=(factories.opinion(0.6, model="clf@2"),))
    assert planting.plant(made) == []
    ItemType.objects.update(blind_share=1.0)
    assert [seat.blind for seat in planting.plant(ItemType.objects.get())] == [True]


def test_what_the_router_had_not_sent_to_people_is_asked_blind_alone(made, rita):
    item = known(1)[0]
    Item.objects.filter(pk=item.pk).update(action="auto_approve")
    looks(rita, 4)
    assert planting.plant(made) == []
    ItemType.objects.update(blind_share=1.0)
    assert [seat.item for seat in planting.plant(ItemType.objects.get())] == [item]


def test_questions_are_blind_as_often_as_other_looks(noon):
    made = factories.item_type(gold_share=0.5, blind_share=0.3)
    rita = factories.person("rita", "reviewers", pk=1_000_000)  # who, and the hour, decide each draw
    known(41)
    looks(rita, 41)
    now = timezone.now()
    done = {"closed_at": now, "outcome": "answered", "user": rita, "claimed_at": now, "leased_until": now}
    blind = []
    for _ in range(40):
        (seat,) = planting.plant(made)
        blind.append(seat.blind)
        Assignment.objects.filter(pk=seat.pk).update(**done)
    assert 5 <= sum(blind) <= 20  # 12 expected


def test_what_was_asked_less_often_comes_first(made, rita):
    once, never = known(2)
    sam = factories.person("sam", "reviewers")
    answer(ask(once, "gold", meant_for=sam.pk), sam, "negative")
    looks(rita, 4)
    assert [seat.item for seat in planting.plant(made)] == [never]


def test_the_trail_tells_of_the_seat_and_not_of_the_item(made, rita):
    item = known(1)[0]
    looks(rita, 4)
    (seat,) = planting.plant(made)
    event = AuditEvent.objects.get(verb="gold.planted")
    assert (event.subject_type, event.subject_id) == ("routing.assignment", str(seat.pk))
    assert event.data == {"item": str(item.pk), "person": "rita", "known": "expert", "used": 0}


def test_what_waits_for_somebody_who_left_is_withdrawn(made, rita):
    known(1)
    looks(rita, 4)
    (seat,) = planting.plant(made)
    assert planting.clear(made) == 0
    assert planting.clear(made, now=timezone.now() + timedelta(hours=25)) == 1
    seat.refresh_from_db()
    assert (seat.outcome, seat.user) == ("withdrawn", None)
