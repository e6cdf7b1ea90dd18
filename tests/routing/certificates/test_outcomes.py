"""What became of each decision is read from what people really did at its seats."""

import math
from dataclasses import replace

import pytest

from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments, policies
from routing.certificates import outcomes
from routing.errors import SeatLost
from routing.models import Item
from routing.policy import Policy, Thresholds
from tests import certificates, factories
from tests.certificates import later

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    """An item type of which every automated item is checked; the threshold is as good as certified."""
    made = certificates.item_type(early_audit_rate=1.0)
    wanted = replace(policies.latest(made).pure, certified={"clf@1": {"*": 0.9}})
    policies.publish_pure(made, wanted, reason="for a test", by="system:test")
    return made


def say(item, action, label=None, *, purpose="audit", group="reviewers"):
    """Let somebody of the group answer the item's seat."""
    person = factories.person(f"{group}-{purpose}-{action}", group)
    while seat := assignments.claim(by=person):
        if seat.item_id == item.pk and seat.purpose == purpose:
            return review.submit(seat.pk, Answer(action, label), by=person)
    raise SeatLost


def row(made, item, **when):
    """Return what is known of the item, None while its answer may still come."""
    policy = policies.latest(made).pure
    found = outcomes.complete(made, "clf@1", policy, after=None, now=later(**when), limit=100)
    return {one.id: one for one in found.rows}.get(item.pk)


@pytest.mark.parametrize(("label", "loss"), [("positive", 0.0), ("negative", 1.0)])
def test_an_audit_that_is_answered_says_whether_the_model_was_right(made, label, loss):
    item = factories.submit(0.97)
    assert row(made, item) is None
    say(item, "edit", label)
    found = row(made, item)
    assert (found.loss, found.score, found.probability, found.missed) == (loss, 0.97, 1.0, False)
    assert found.checked


@pytest.mark.parametrize("score", [0.85, 0.97])
def test_what_its_author_may_still_correct_is_not_counted_yet(made, score):
    item = factories.submit(score)
    say(item, "edit", "positive", purpose="review" if score < 0.9 else "audit")
    assert row(made, item, minutes=10) is None
    assert row(made, item, minutes=12).loss == 0.0


@pytest.mark.parametrize(("label", "loss"), [("positive", 0.0), ("negative", 1.0)])
def test_an_audit_that_cannot_be_decided_waits_for_the_expert(made, label, loss):
    item = factories.submit(0.97)
    say(item, "escalate")
    assert row(made, item) is None
    say(item, "edit", label, purpose="expert", group="experts")
    assert row(made, item).loss == loss


def test_an_audit_that_the_expert_leaves_is_an_error(made):
    item = factories.submit(0.97)
    say(item, "reject")
    assert row(made, item, hours=23) is None
    found = row(made, item, hours=25)
    assert (found.missed, math.isnan(found.loss)) == (True, True)


def test_an_audit_that_nobody_answers_is_an_error(made):
    item = factories.submit(0.97)
    assert row(made, item, hours=23) is None
    assert row(made, item, hours=25).missed


@pytest.mark.parametrize(("label", "loss"), [("positive", 0.0), ("negative", 1.0)])
def test_a_reviewed_item_says_it_with_certainty(made, label, loss):
    item = factories.submit(0.85)
    assert row(made, item) is None
    say(item, "edit", label, purpose="review")
    found = row(made, item)
    assert (found.loss, found.probability, found.drawn, found.checked) == (loss, 1.0, True, False)


def test_an_item_that_an_expert_rejects_is_an_error(made):
    item = factories.submit(0.3)
    say(item, "reject", purpose="expert", group="experts")
    assert (Item.objects.get().status, row(made, item).loss) == ("rejected", 1.0)


def test_what_is_not_drawn_is_complete_at_once(made):
    policies.publish_pure(
        made, replace(policies.latest(made).pure, audit_rate=0.0001), reason="for a test", by="system:test"
    )
    found = row(made, factories.submit(0.97))
    assert (found.drawn, found.probability, found.least, found.complete) == (False, 0.0001, 0.0001, True)


@pytest.mark.parametrize(
    ("policy", "least"),
    [
        (Policy(1, audit_rate=0.3), 0.0),
        (Policy(1, audit_rate=0.3, automate=False), 1.0),
        (Policy(1, audit_rate=0.3, expert_mandatory=True), 1.0),
        (Policy(1, audit_rate=0.3, certified={}), 1.0),
        (Policy(1, audit_rate=0.3, certified={"clf@1": {"*": None}}), 1.0),
        (Policy(1, audit_rate=0.3, certified={"clf@2": {"*": 0.5}}), 1.0),
        (Policy(1, audit_rate=0.3, certified={"clf@1": {"a": None, "*": 0.9}}), 0.3),
        (Policy(1, thresholds=Thresholds(None), audit_rate=0.0, certified={"clf@1": {"*": 0.9}}), 0.0),
    ],
)
def test_the_least_chance_of_a_label_is_what_the_policy_can_give(policy, least):
    assert outcomes.least_chance(policy, "clf@1") == least


@pytest.mark.parametrize(
    ("reason", "open_to_it"),
    [
        ({"code": "confidence", "data": {}}, True),
        ({"code": "cost", "data": {}}, True),
        ({"code": "automation_off", "data": {}}, True),
        ({"code": "expert_mandatory", "data": {}}, True),
        ({"code": "novelty", "data": {}}, False),
        ({"code": "committee", "data": {}}, False),
        ({"code": "rule", "data": {"effect": "queue", "error": None}}, True),
        ({"code": "rule", "data": {"effect": "queue", "error": "no such field"}}, False),
        ({"code": "rule", "data": {"effect": "expert", "error": None}}, False),
    ],
)
def test_only_some_reasons_leave_an_item_to_a_threshold(reason, open_to_it):
    assert outcomes.could([reason]) is open_to_it
