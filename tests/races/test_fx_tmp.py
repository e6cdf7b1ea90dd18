import pytest
from routing import assignments, router
from routing.models import Assignment
from tests import factories
from tests.races.test_seats import at_once
pytestmark = pytest.mark.django_db(transaction=True)

def test_nobody_is_sent_away_while_a_seat_is_free():
    for slug in ("a","b","c","d"):
        factories.item_type(slug)
        router.submit(slug, [factories.entry(0.85) for _ in range(1)], by="system:test")
    people = [factories.person(f"p{i}", "reviewers") for i in range(4)]
    empty = 0
    for _ in range(60):
        got = at_once([lambda u=u: assignments.claim(by=u) for u in people])
        empty += sum(g is None for g in got)
        Assignment.objects.update(user=None, claimed_at=None, leased_until=None)
    print("EMPTY", empty, "of 240")
    assert empty == 0

def test_two_pairs_one_type():
    factories.item_type("a")
    router.submit("a", [factories.entry(0.85) for _ in range(4)], by="system:test")
    people = [factories.person(f"p{i}", "reviewers") for i in range(4)]
    empty = 0
    for _ in range(60):
        got = at_once([lambda u=u: assignments.claim(by=u) for u in people])
        empty += sum(g is None for g in got)
        Assignment.objects.update(user=None, claimed_at=None, leased_until=None)
    print("EMPTY", empty, "of 240")
    assert empty == 0
