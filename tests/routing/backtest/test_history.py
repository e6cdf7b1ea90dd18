"""A draft tried on real rows: what is read, what is known, what would move."""

import math

import pytest
from django.db import connection
from django.utils import timezone

from routing import policies
from routing.backtest import history
from routing.models import Assignment, Item, ItemType
from routing.policy import Policy
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db

AUTO, PERSON, EXPERT = range(3)


def fresh(item_type, **fields):
    """Change the draft and return it as a request would find it."""
    ItemType.objects.filter(pk=item_type.pk).update(**fields)
    return ItemType.objects.get(pk=item_type.pk)


def decided(item, label, by="user:rita"):
    """Let a person have decided the item; None: its answer was withheld."""
    status = "approved" if label else "rejected"
    found = Item.objects.filter(pk=item.pk)
    found.update(status=status, label=label, decided_by=by, decided_at=timezone.now())


def seat(item, purpose, *, answered):
    """Add a seat at the item, open or answered by somebody."""
    now, answer = timezone.now(), {}
    if answered:
        user = factories.person(f"auditor of {item.item_ref}", "reviewers")
        answer = {"user": user, "claimed_at": now, "leased_until": now}
        answer |= {"closed_at": now, "outcome": "answered"}
    of = {"item_type": item.item_type, "queue": item.item_type.queue}
    Assignment.objects.create(item=item, purpose=purpose, due_at=now, **of, **answer)


def wrongs(item_type):
    return [case.wrong for case in history.load(item_type)]


def test_a_lower_threshold_moves_what_lies_between():
    item_type = factories.item_type()
    for confidence in (0.99, 0.9, 0.4):
        factories.submit(confidence)
    found = history.backtest(fresh(item_type, auto_approve=0.85))
    assert (found.table, found.differing) == (((1, 0, 0), (1, 0, 0), (0, 0, 1)), 0)
    assert [one.move for one in found.examples] == [(PERSON, AUTO)]


def test_judging_that_takes_too_long_ends_with_the_newest_items(monkeypatch):
    made = factories.item_type()
    for confidence in (0.99, 0.9, 0.4):
        factories.submit(confidence)
    clock = iter([0, 1, 2, 30])
    monkeypatch.setattr(history, "monotonic", lambda: next(clock))
    assert history.backtest(made).table == ((0, 0, 0), (0, 1, 0), (0, 0, 1))


def test_items_that_no_policy_has_judged_are_left_out():
    item_type = factories.item_type()
    factories.submit(None)
    factories.submit(0.9, pool=True)
    assert history.backtest(item_type).items == 0


def test_only_the_last_items_count_newest_first_and_only_of_this_type():
    item_type = factories.item_type()
    refs = [factories.submit(0.9).item_ref for _ in range(4)]
    factories.item_type("other")
    factories.submit(0.9, to="other")
    assert [case.ref for case in history.load(item_type, 3)] == refs[:0:-1]
    assert list(history.load(item_type, 0)) == []


def test_a_case_is_what_the_router_was_told():
    item_type = factories.item_type()
    said = (factories.opinion(0.7, probabilities={"positive": 0.7, "negative": 0.3}, score=0.65),)
    said += (factories.opinion(0.6, "negative", model="second@1"),)
    item = factories.submit(None, opinions=said, context={"amount": 2**70})
    Item.objects.update(signals={"novelty": 0.99, "unseen": ["positive"]})
    (case,) = history.load(item_type)
    assert (case.id, case.opinions, case.context) == (str(item.pk), said, {"amount": 2**70})
    assert (case.stored, case.novelty, case.unseen, case.chance) == (PERSON, 0.99, ["positive"], 1.0)


def test_what_no_policy_reads_is_left_out():
    item_type = factories.item_type()
    picture = {"image": "https://example.com/a.png", "text": "x", "embedding": [1.0, 2.0]}
    said = (factories.opinion(0.7), factories.opinion(0.6, model="second@1"))
    factories.submit(None, opinions=said, payload=picture)
    (case,) = history.load(item_type, read_by=[Policy(1)])
    assert (case.payload, len(case.opinions)) == ({"text": "x"}, 1)


@pytest.mark.parametrize(
    ("when", "reads"),
    [
        ("payload.text == 'image'", False),
        ("has(payload.image)", True),
        ("payload.embedding[0] > 0.5", True),
        ("payload['image'] == ''", True),
        ("payload.exists(key, key == 'image')", True),
        ("context.payload_size > 3", False),
    ],
)
def test_a_rule_that_may_look_at_a_picture_or_an_embedding_is_given_it(when, reads):
    assert history.reads_heavy(when) is reads


def test_what_people_decided_is_the_truth():
    item_type = factories.item_type()
    for label in ("positive", "negative", None):
        decided(factories.submit(0.9), label)
    factories.submit(0.9)
    waiting, *known = wrongs(item_type)
    assert (math.isnan(waiting), known) == (True, [1.0, 1.0, 0.0])


def test_a_check_that_changed_nothing_says_the_machine_was_right():
    item_type = factories.item_type()
    seat(factories.submit(0.99), "audit", answered=True)
    asked = factories.submit(0.99)
    seat(asked, "audit", answered=True)
    seat(asked, "expert", answered=False)
    still_asked, right = wrongs(item_type)
    assert (math.isnan(still_asked), right) == (True, 0.0)


def test_what_earlier_policies_did_is_held_against_the_one_in_force():
    item_type = factories.item_type()
    factories.submit(0.9)
    item_type = fresh(item_type, auto_approve=0.85)
    policies.publish(item_type, reason="looser", by="system:test")
    factories.submit(0.9)
    found = history.backtest(item_type)
    assert (found.table[AUTO], found.differing, found.moved) == ((2, 0, 0), 1, 0)


def test_a_broken_rule_sends_all_to_a_person():
    item_type = factories.item_type()
    factories.submit(0.99)
    item_type.rules.create(
        name="odd", when="payload.nothing > 3", effect="priority", priority=2, state="live"
    )
    assert history.backtest(fresh(item_type)).table[AUTO] == (0, 1, 0)


def test_the_number_of_statements_does_not_grow_with_the_items():
    item_type = factories.item_type()
    for _ in range(3):
        factories.submit(0.9)
    with counted(most=20) as few:
        history.backtest(fresh(item_type))
    for _ in range(20):
        decided(factories.submit(0.9), "positive")
    with counted(most=20) as many:
        history.backtest(fresh(item_type))
    assert len(many) == len(few)


def test_a_limit_on_the_time_of_statements_does_no_harm():
    item_type = factories.item_type()
    for _ in range(5):
        factories.submit(0.9)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 200")
    assert history.backtest(item_type).items == 5


def test_with_a_target_the_bound_rests_on_known_answers():
    item_type = factories.item_type()
    for label in ("positive", "negative"):
        decided(factories.submit(0.9), label)
    assert history.backtest(item_type).bound is None
    found = history.backtest(fresh(item_type, target_alpha=0.05, audit_rate=0.05)).bound
    assert (found.model, found.labels, found.accuracy, found.best.share) == ("clf@1", 2, 0.5, 0.0)
