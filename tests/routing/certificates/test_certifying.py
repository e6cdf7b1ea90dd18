"""Certificates are fed with what became of decisions: each once, in order, and as the pure method would."""

import math
from datetime import timedelta

import numpy as np
import pytest

from audit.models import AuditEvent
from audit.uuid7 import uuid7
from routing import certify, policies
from routing.certificates import batches, certifying
from routing.certificates.outcomes import Row
from routing.certify import Batch, Target
from routing.certify.streams import Stream
from routing.models import Assignment, Certification, Item, ItemType
from tests import certificates, factories
from tests.certificates import later
from tests.statements import counted

pytestmark = pytest.mark.django_db


def stream_of(row=None):
    """Return the stream of the only certification."""
    row = row or Certification.objects.get()
    return Stream.from_json({"states": row.states, "detectors": row.detectors})


def fed(scores, wrong, **fields):
    """Return an item type whose decisions of these scores were answered and counted."""
    made = certificates.item_type(**fields)
    certificates.submit(scores, wrong)
    certificates.answer()
    certificates.feed(made, now=later())
    return made


def pure_state(scores, wrong, target):
    """Return what the pure method makes of the same decisions, all reviewed."""
    state = certify.begin(target, scores)
    for at in range(0, len(scores), batches.BATCH):
        part = slice(at, at + batches.BATCH)
        ones = np.ones(len(scores[part]))
        state = certify.update(state, Batch(scores[part], ones, ones > 0, wrong[part]))
    return state


@pytest.mark.parametrize("of", ["decisions", "automated"])
def test_what_is_proven_equals_the_pure_method_on_the_same_arrays(of):
    scores, wrong = certificates.scored(600, error=0.1)
    fed(scores, wrong, target_of=of, target_alpha=0.1)
    state, wanted = stream_of().states["*"], pure_state(scores, wrong, Target(0.1, of=of))
    assert state.to_json() == wanted.to_json()
    assert certify.threshold(state) == certify.threshold(wanted)
    assert certify.threshold(state) is not None


def test_a_bad_model_proves_nothing():
    scores, _ = certificates.scored(400)
    fed(scores, np.arange(400) % 5 == 0, target_of="automated")
    assert certify.threshold(stream_of().states["*"]) is None


def test_nothing_begins_before_there_are_thresholds_to_try():
    fed(*certificates.scored(199))
    assert not Certification.objects.exists()


def test_less_than_a_hundred_decisions_wait_for_more_and_at_most_for_a_day():
    made = fed(*certificates.scored(250))
    assert Certification.objects.get().decisions == 200
    certificates.feed(made, now=later(hours=25))
    assert Certification.objects.get().decisions == 250


def test_where_a_batch_ends_does_not_depend_on_which_answer_is_late():
    made = certificates.item_type()
    items = certificates.submit(*certificates.scored(300))
    Item.objects.filter(pk__in=[one.pk for one in items[230:]]).update(created_at=later(hours=30))
    for answered, counted_so_far in ((229, 200), (230, 230)):
        certificates.answer(items[:answered])
        certificates.feed(made, now=later(hours=23))
        assert Certification.objects.get().decisions == counted_so_far


def test_a_day_with_a_late_answer_is_counted_whole_once_it_has_come():
    made = certificates.item_type()
    items = certificates.submit(*certificates.scored(250))
    Assignment.objects.filter(item=items[220]).update(created_at=later(hours=20))
    certificates.answer(items[:220] + items[221:])
    certificates.feed(made, now=later(hours=26))
    assert Certification.objects.get().decisions == 200
    certificates.answer()
    certificates.feed(made, now=later(hours=26))
    events = AuditEvent.objects.filter(verb="certificate.fed").order_by("id")
    assert [one.data["decisions"] for one in events] == [100, 100, 50]


def test_the_watch_sees_checks_in_the_order_of_arrival_whichever_was_answered_first():
    rows = [
        Row(uuid7(), 2, later(), 0.9, "a", 0.3, 0.3, True, loss, checked=True)
        for loss in (1.0, 0.0, math.nan)
    ]
    reviewed = Row(uuid7(), 2, later(), 0.8, "a", 1.0, 0.3, True, 1.0)
    assert batches.audits([*rows, reviewed]) == [(0.9, 1.0, "a"), (0.9, 0.0, "a"), (0.9, 1.0, "a")]


def test_it_waits_for_an_answer_and_keeps_the_order():
    made = certificates.item_type()
    items = certificates.submit(*certificates.scored(300))
    certificates.answer(items[:150] + items[151:])
    certificates.feed(made, now=later())
    assert Certification.objects.get().cursor == items[99].pk
    certificates.answer()
    certificates.feed(made, now=later())
    assert Certification.objects.get().cursor == items[-1].pk


def test_what_nobody_answers_in_time_counts_as_an_error():
    made = certificates.item_type()
    items = certificates.submit(*certificates.scored(300, error=0))
    certificates.answer(items[:-1])
    certificates.feed(made, now=later(hours=25))
    state = stream_of().states["*"]
    assert (Certification.objects.get().missed, state.lost[-1], state.labels[0]) == (1, 1.0, 300)


def test_what_just_came_waits_for_older_siblings_that_are_not_stored_yet():
    made = certificates.item_type()
    certificates.submit(*certificates.scored(300))
    certificates.answer()
    assert certificates.feed(made) == 0


def test_a_rule_that_stops_an_item_leaves_it_out_of_every_threshold():
    rules = [{"name": "all", "when": "payload.wrong", "effect": "review"}]
    scores, wrong = certificates.scored(300)
    fed(scores, wrong, rules=rules)
    state = stream_of().states["*"]
    assert (state.seen[-1], state.lost[-1], state.decisions[0]) == (300 - wrong.sum(), 0, 300)


def test_a_rule_that_only_raises_the_priority_does_not():
    rules = [{"name": "all", "when": "payload.wrong", "effect": "priority", "priority": 3}]
    scores, wrong = certificates.scored(300)
    fed(scores, wrong, rules=rules)
    assert stream_of().states["*"].seen[-1] == 300


def test_that_somebody_asked_for_an_expert_afterwards_changes_no_score():
    made = certificates.item_type()
    certificates.submit(*certificates.scored(300))
    escalated = [{"code": "confidence"}, {"code": "escalated", "text": "rita asked", "data": {}}]
    Item.objects.update(reasons=escalated)
    certificates.answer()
    certificates.feed(made, now=later())
    assert stream_of().states["*"].seen[-1] == 300


def test_a_later_label_does_not_change_what_was_counted():
    made = fed(*certificates.scored(300, error=0))
    before = Certification.objects.get().states
    Item.objects.update(label="negative")
    assert certificates.feed(made, now=later()) == 0
    assert Certification.objects.get().states == before


def test_a_rejection_is_an_error():
    made = certificates.item_type()
    items = certificates.submit(*certificates.scored(300, error=0))
    certificates.answer()
    Item.objects.filter(pk=items[0].pk).update(status="rejected", label=None)
    certificates.feed(made, now=later())
    assert stream_of().states["*"].lost[-1] == 1.0


def test_pool_items_and_other_models_are_not_counted():
    made = certificates.item_type()
    factories.submit(0.9, pool=True)
    certificates.submit(*certificates.scored(250), model="other@1")
    certificates.submit(*certificates.scored(300))
    certificates.answer()
    assert certificates.feed(made, now=later(hours=25)) == 550
    assert sorted(Certification.objects.values_list("model", "decisions")) == [
        ("clf@1", 300),
        ("other@1", 250),
    ]


def test_each_class_has_its_own_certificate_where_enough_checks_are_to_be_expected():
    made = certificates.item_type(certify_by="class")
    certificates.submit(*certificates.scored(300))
    certificates.submit(*certificates.scored(20, seed=2), says="negative")
    certificates.answer()
    certificates.feed(made, now=later(hours=25))
    states = stream_of().states
    assert {name: int(state.decisions[0]) for name, state in states.items()} == {"*": 20, "positive": 300}


def test_what_typed_thresholds_automated_is_passed_over():
    made = factories.item_type(audit_rate=0.5)
    certificates.submit(*certificates.scored(300))
    ItemType.objects.update(target_alpha=0.05)
    made.refresh_from_db()
    policies.publish(made, reason="a target", by="system:test")
    certificates.submit(*certificates.scored(300))
    certificates.answer()
    assert certificates.feed(made, now=later()) == 300
    assert AuditEvent.objects.get(verb="certificate.passed").data["passed"] == 300


def test_the_target_is_corrected_by_the_errors_that_people_catch():
    made = certificates.item_type()
    items = certificates.submit(*certificates.scored(300))
    certificates.answer()
    seats = Assignment.objects.filter(item__in=items[:100])
    seats.update(purpose="seed", caught=True)
    Assignment.objects.filter(item__in=items[:20]).update(caught=False)
    assert certifying.catches(made) == (80, 100)
    certificates.feed(made, now=later())
    row = Certification.objects.get()
    assert (row.stated["alpha"], row.caught) == (0.05, {"caught": 80, "seeded": 100})
    assert 0.03 < row.target["alpha"] < 0.04


def test_where_people_catch_nothing_nothing_begins():
    made = certificates.item_type()
    items = certificates.submit(*certificates.scored(300))
    certificates.answer()
    Assignment.objects.filter(item__in=items[:9]).update(purpose="seed", caught=False)
    assert certificates.feed(made, now=later()) == 0


def test_many_decisions_cost_no_more_statements_than_few():
    made = fed(*certificates.scored(300))
    certificates.submit(*certificates.scored(100))
    certificates.answer()
    with counted(most=20) as few:
        assert certificates.feed(made, now=later()) == 100
    certificates.submit(*certificates.scored(500))
    certificates.answer()
    with counted(most=len(few)):
        assert certificates.feed(made, now=later()) == 500


def test_a_feed_that_is_cut_off_loses_and_doubles_nothing(monkeypatch):
    made = certificates.item_type()
    certificates.submit(*certificates.scored(300))
    certificates.answer()
    with monkeypatch.context() as cut:
        cut.setattr("routing.certificates.certifying.trail.record_all", lambda *args, **more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            certificates.feed(made, now=later())
    assert not Certification.objects.exists()
    certificates.feed(made, now=later() + timedelta(minutes=1))
    events = AuditEvent.objects.filter(verb="certificate.fed")
    assert [one.data["decisions"] for one in events.order_by("id")] == [100, 100, 100]
