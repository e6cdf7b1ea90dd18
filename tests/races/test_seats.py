"""Real threads on real connections: nobody shares a seat, and two who finish at once see each other."""

from collections import Counter

import pytest

from labeling.answering import review
from labeling.answering.review import Answer
from labeling.models import Label, Review
from routing import assignments, router
from routing.errors import SeatLost
from routing.models import Assignment, Item
from tests import factories
from tests.races.racing import at_once, claim_until_empty

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_people_who_claim_at_once_never_share_a_seat():
    factories.item_type()
    router.submit("sentiment", [factories.entry(0.85) for _ in range(120)], by="system:test")
    people = [factories.person(f"p{i}", "reviewers") for i in range(8)]
    taken = at_once([lambda user=user: claim_until_empty(user) for user in people])
    counts = Counter(pk for seats in taken for pk in seats)
    assert (len(counts), set(counts.values())) == (120, {1})


def test_nobody_is_sent_away_while_others_look_at_the_same_seats():
    people = [factories.person(f"p{i}", "reviewers") for i in range(4)]
    for slug in "abcd":
        factories.item_type(slug)
        factories.submit(0.85, to=slug)
    for _ in range(15):
        taken = at_once([lambda user=user: assignments.claim(by=user) for user in people])
        assert len({seat and seat.pk for seat in taken} - {None}) == 4
        Assignment.objects.update(user=None, claimed_at=None, leased_until=None)


def test_one_person_in_two_tabs_gets_one_seat_of_an_item():
    factories.item_type(opinions_wanted=2)
    router.submit("sentiment", [factories.entry(0.85) for _ in range(20)], by="system:test")
    rita = factories.person("rita", "reviewers")
    at_once([lambda: claim_until_empty(rita)] * 4)
    assert Assignment.objects.filter(user=rita).values("item").distinct().count() == 20
    assert Assignment.objects.filter(user=rita).count() == 20


def test_two_who_finish_at_once_leave_the_item_resolved():
    factories.item_type(opinions_wanted=2)
    router.submit("sentiment", [factories.entry(0.85) for _ in range(20)], by="system:test")
    people = [factories.person(name, "reviewers") for name in ("rita", "otto")]
    seats = {
        user.pk: {seat.item_id: seat.pk for seat in iter(lambda u=user: assignments.claim(by=u), None)}
        for user in people
    }
    for item in Item.objects.all():
        at_once(
            [
                lambda user=user, pk=seats[user.pk][item.pk]: review.submit(pk, Answer("approve"), by=user)
                for user in people
            ]
        )
    assert set(Item.objects.values_list("status", flat=True)) == {"approved"}


def test_a_double_press_is_stored_once():
    factories.item_type()
    factories.submit(0.85)
    rita = factories.person("rita", "reviewers")
    seat = assignments.claim(by=rita)
    items = at_once([lambda: review.submit(seat.pk, Answer("approve"), by=rita)] * 4)
    assert {item.status for item in items} == {"approved"}
    assert (Review.objects.count(), Label.objects.count()) == (1, 1)


def test_of_two_holders_in_turn_only_the_present_one_is_heard():
    factories.item_type()
    factories.submit(0.85)
    rita, otto = (factories.person(name, "reviewers") for name in ("rita", "otto"))
    seat = assignments.claim(by=rita)
    assignments.release(seat.pk, by=rita)
    assignments.claim(by=otto)

    def try_to_answer(user):
        try:
            return review.submit(seat.pk, Answer("approve"), by=user).decided_by
        except SeatLost:
            return "lost"

    assert at_once([lambda: try_to_answer(rita), lambda: try_to_answer(otto)]) == ["lost", "user:otto"]


def test_a_reference_posted_by_many_at_once_is_stored_once():
    factories.item_type()
    entries = [factories.entry(0.85, ref=f"r{i}") for i in range(30)]
    orders = [entries, entries[::-1], entries[10:] + entries[:10], entries]
    answers = at_once(
        [lambda order=order: router.submit("sentiment", order, by="system:test") for order in orders]
    )
    assert (Item.objects.count(), Assignment.objects.count()) == (30, 30)
    assert sum(not one.duplicate for answer in answers for one in answer) == 30


def test_two_judges_at_once_judge_each_item_once(monkeypatch):
    made = factories.item_type()
    router.submit("sentiment", [factories.entry(None) for _ in range(40)], by="system:test")
    answering = [lambda item_type, payloads: [factories.opinion(0.85) for _ in payloads]]
    monkeypatch.setattr("routing.predictor._registered", answering)
    judged = at_once([lambda: router.judge_pending(made)] * 3)
    assert (sum(judged), Assignment.objects.count()) == (40, 40)
