"""Items come in, are judged at once and stored in their final state."""

import pytest
from django.db import DatabaseError, IntegrityError

from audit.models import AuditEvent
from routing import policies, predictor, router
from routing.errors import NoPolicy, PredictionFailed, UnknownItemType
from routing.models import Assignment, Delivery, Item, ItemType, Prediction
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def answering(monkeypatch):
    """Let a function of (item type, payloads) be the server's own model for one test."""

    def use(function):
        monkeypatch.setattr(predictor, "_registered", [function])

    return use


def test_a_confident_item_is_approved_at_once():
    factories.item_type()
    item = factories.submit(0.97)
    item.refresh_from_db()
    assert (item.status, item.action, item.label) == ("approved", "auto_approve", "positive")
    assert item.decided_by == "system:router"
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    ("confidence", "status", "priority", "queue"),
    [
        (0.85, "pending_human", "NORMAL", "reviews"),
        (0.6, "pending_human", "HIGH", "reviews"),
        (0.3, "pending_expert", "URGENT", "experts"),
    ],
)
def test_a_doubtful_item_waits_for_a_person(confidence, status, priority, queue):
    factories.item_type()
    item = factories.submit(confidence)
    seat = Assignment.objects.select_related("queue").get(item=item)
    assert (item.status, item.get_priority_display().upper()) == (status, priority)
    assert (seat.queue.slug, seat.priority) == (queue, item.priority)


def test_the_item_says_why_it_waits():
    factories.item_type()
    item = factories.submit(0.62)
    assert "confidence 0.620 below the auto-approve threshold 0.950" in [r["text"] for r in item.reasons]


def test_a_risk_rule_sends_a_confident_item_to_an_expert():
    factories.item_type(
        rules=[{"name": "large", "category": "risk", "when": "context.amount > 10000", "effect": "expert"}]
    )
    item = factories.submit(0.99, context={"amount": 20000})
    assert item.status == "pending_expert"
    assert any("large" in reason["text"] for reason in item.reasons)


def test_a_known_reference_is_answered_and_changes_nothing():
    factories.item_type()
    first = factories.submit(0.97, ref="r1")
    again = router.submit("sentiment", [factories.entry(0.1, ref="r1")], by="system:test")
    assert [(one.item.pk, one.duplicate) for one in again] == [(first.pk, True)]
    assert Item.objects.get().status == "approved"


def test_a_reference_twice_in_one_batch_is_stored_once():
    factories.item_type()
    entries = [factories.entry(0.9, ref="a"), factories.entry(0.3, ref="a"), factories.entry(0.9, ref="b")]
    answers = router.submit("sentiment", entries, by="system:test")
    assert [(one.item.item_ref, one.duplicate) for one in answers] == [
        ("a", False),
        ("a", True),
        ("b", False),
    ]
    assert Item.objects.get(item_ref="a").confidence == 0.9


def test_fifty_items_cost_no_more_statements_than_one():
    factories.item_type(audit_rate=1.0)
    entries = [factories.entry(0.3 + i / 70, callback_url="https://client.example/hook") for i in range(50)]
    with counted(most=12) as few:
        router.submit("sentiment", entries, by="system:test")
    assert Item.objects.count() == 50
    with counted(most=len(few)):
        factories.submit(0.5)


def test_every_item_has_its_event_in_the_same_transaction():
    factories.item_type()
    item = factories.submit(0.62)
    event = AuditEvent.objects.get(subject_id=str(item.pk))
    assert (event.verb, event.data["policy"], event.data["confidence"]) == ("item.submitted", 1, 0.62)


def test_nothing_is_stored_where_the_trail_fails(monkeypatch):
    factories.item_type()
    monkeypatch.setattr("routing.router.trail.record_all", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        factories.submit(0.3)
    assert (Item.objects.count(), Assignment.objects.count(), Prediction.objects.count()) == (0, 0, 0)


def test_without_a_model_an_item_waits_for_one():
    factories.item_type()
    item = factories.submit(None)
    assert (item.status, item.action, item.policy) == ("pending_ai", None, None)
    assert not Assignment.objects.exists()


def test_the_own_model_answers_for_items_without_a_prediction(answering):
    factories.item_type()
    answering(lambda item_type, payloads: [factories.opinion(0.97, model="own@3") for _ in payloads])
    item = factories.submit(None)
    assert (item.status, item.model, item.predictions.get().label) == ("approved", "own@3", "positive")


def test_a_failing_model_sends_the_item_to_people_with_the_reason(answering):
    def fail(item_type, payloads):
        raise PredictionFailed("file damaged")

    factories.item_type()
    answering(fail)
    item = factories.submit(None)
    assert item.status == "pending_human"
    assert item.reasons[0]["text"] == "the model failed: file damaged"


def test_waiting_items_are_judged_once_a_model_answers(answering):
    made = factories.item_type()
    item = factories.submit(None)
    assert router.judge_pending(made) == 0
    answering(lambda item_type, payloads: [factories.opinion(0.85) for _ in payloads])
    assert router.judge_pending(made) == 1
    item.refresh_from_db()
    assert (item.status, item.policy.number, factories.seat_of(item).queue.slug) == (
        "pending_human",
        1,
        "reviews",
    )
    assert router.judge_pending(made) == 0


def test_a_pool_item_is_never_decided(answering):
    factories.item_type()
    answering(lambda item_type, payloads: [factories.opinion(0.99) for _ in payloads])
    assert factories.submit(None, pool=True).status == "pooled"


def test_an_automated_item_is_drawn_for_a_blind_audit():
    factories.item_type(audit_rate=1.0)
    seat = factories.seat_of(factories.submit(0.97), "audit")
    assert (seat.blind, seat.inclusion, seat.queue.slug) == (True, 1.0, "reviews")


def test_the_share_of_audits_is_the_rate_and_the_draw_repeats():
    factories.item_type(audit_rate=0.2)
    entries = [factories.entry(0.97, ref=f"r{i}") for i in range(500)]
    router.submit("sentiment", entries, by="system:test")
    drawn = set(Item.objects.filter(audit_draw__lt=0.2).values_list("pk", flat=True))
    assert drawn == set(Assignment.objects.filter(purpose="audit").values_list("item_id", flat=True))
    assert 70 <= len(drawn) <= 130


def test_two_opinions_are_two_seats():
    factories.item_type(opinions_wanted=2)
    item = factories.submit(0.85)
    assert sorted(item.assignments.values_list("purpose", flat=True)) == ["overlap", "review"]


def test_a_client_that_asks_is_owed_a_message_with_the_decision():
    factories.item_type()
    item = factories.submit(0.97, callback_url="https://client.example/hook")
    delivery = Delivery.objects.get()
    assert (delivery.item_id, delivery.event, delivery.body["data"]["label"]) == (
        item.pk,
        "item.decided",
        "positive",
    )


def test_an_unknown_type_is_named():
    with pytest.raises(UnknownItemType, match="no item type 'nope'"):
        router.submit("nope", [factories.entry()], by="system:test")


def test_a_type_without_a_policy_says_what_to_do():
    queue = factories.queue()
    ItemType.objects.create(slug="sentiment", kind="classification", queue=queue, expert_queue=queue)
    with pytest.raises(NoPolicy, match="publish one in the admin"):
        factories.submit(0.9)


def test_a_new_policy_counts_from_the_next_item_and_old_items_keep_theirs():
    made = factories.item_type()
    old = factories.submit(0.9)
    ItemType.objects.filter(pk=made.pk).update(auto_approve=0.85)
    made.refresh_from_db()
    policies.publish(made, reason="the model got better", by="system:test")
    new = factories.submit(0.9)
    assert (old.policy.number, old.status, new.policy.number, new.status) == (
        1,
        "pending_human",
        2,
        "approved",
    )


def test_a_pool_item_keeps_what_its_model_said():
    factories.item_type()
    item = factories.submit(0.9, pool=True)
    assert (item.status, item.model, item.confidence) == ("pooled", "clf@1", 0.9)
    assert item.predictions.get().label == "positive"


@pytest.mark.parametrize("act", [lambda rows: rows.update(reason="other"), lambda rows: rows.delete()])
def test_the_database_refuses_to_change_a_published_policy(act):
    made = factories.item_type()
    with pytest.raises(DatabaseError, match="a published policy never changes"):
        act(made.policies.all())


def test_a_stale_draft_is_not_published():
    stale = factories.item_type()
    ItemType.objects.filter(pk=stale.pk).update(auto_approve=0.99)
    policy = policies.publish(stale, reason="stricter", by="system:test")
    assert policy.snapshot["thresholds"]["auto_approve"] == 0.99


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"action": "guess"}, "item_action_is_known"),
        ({"priority": 9}, "item_priority_is_known"),
        ({"label": "positive"}, "item_label_needs_an_approval"),
        ({"confidence": 1.5}, "item_confidence_is_a_probability"),
    ],
)
def test_the_database_refuses_what_cannot_be(changes, constraint):
    factories.item_type()
    item = factories.submit(0.3)
    with pytest.raises(IntegrityError, match=constraint):
        Item.objects.filter(pk=item.pk).update(**changes)


def test_the_database_refuses_a_decided_item_without_a_time():
    factories.item_type()
    item = factories.submit(0.3)
    with pytest.raises(IntegrityError, match="item_is_decided_when_its_status_says_so"):
        Item.objects.filter(pk=item.pk).update(status="approved")
