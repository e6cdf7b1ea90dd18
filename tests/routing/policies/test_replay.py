"""An item judged again: the same by its own policy, and by another with what makes the difference."""

import pytest
from django.utils import timezone

from routing import decisions, policies, predictor, router
from routing.errors import PredictionFailed
from routing.models import Item, ItemType, Policy, SeenClass
from routing.policies.replay import replay
from tests import factories
from tests.api_client import caller

pytestmark = pytest.mark.django_db

LARGE = {"name": "large", "category": "risk", "when": "context.amount > 10.0", "effect": "expert"}
SHADOW = {"name": "night", "when": "context.amount > 5.0", "state": "shadow"}


def again(item, policy=None):
    return replay(Item.objects.select_related("item_type", "policy").get(pk=item.pk), policy=policy)


def republished(**fields):
    """Publish the draft with these fields changed and return the policy."""
    ItemType.objects.update(**fields)
    return policies.publish(ItemType.objects.get(), reason="changed", by="user:ada")


@pytest.mark.parametrize(
    ("confidence", "fields", "action"),
    [
        (0.97, {}, "auto_approve"),
        (0.85, {}, "human_review"),
        (0.3, {}, "expert_escalation"),
        (0.97, {"context": {"amount": 20}}, "expert_escalation"),
        (0.97, {"context": {"amount": 7}}, "auto_approve"),
        (0.97, {"context": {"amount": "odd"}}, "expert_escalation"),
        (0.97, {"label": "neutral"}, "human_review"),
        (
            0.97,
            {"opinions": (factories.opinion(0.97, score=0.61), factories.opinion(0.9, "negative", "b@1"))},
            "human_review",
        ),
    ],
)
def test_an_item_judged_again_by_its_own_policy_goes_the_same_way(confidence, fields, action):
    factories.item_type(rules=[LARGE, SHADOW], committee_limit=0.2, novelty_limit=0.99)
    item = factories.submit(confidence, **({"context": {"amount": 1}} | fields))
    republished(auto_approve=0.99, committee_limit=None, labels=["negative", "neutral", "positive"])
    result = again(item)
    assert (item.action, result.now.action, result.agrees) == (action, action, True)
    assert (result.own, result.gained, result.lost) == (True, (), ())


def test_what_was_new_then_is_new_in_a_replay_and_no_cause_once_nobody_asks():
    factories.item_type(confirm_classes=True)
    item = factories.submit(0.97)
    assert [reason["code"] for reason in item.reasons] == ["novelty", "confidence"]
    SeenClass.objects.create(item_type=item.item_type, name="positive")
    assert (again(item).agrees, again(item).now.action) == (True, "human_review")
    result = again(item, republished(confirm_classes=False))
    assert result.causes == ("A label that nobody has given yet no longer goes to a person.",)
    assert result.now.action == "auto_approve"


def test_a_failed_prediction_is_judged_again_as_one(monkeypatch):
    def fails(item_type, payloads):
        raise PredictionFailed("it broke")

    monkeypatch.setattr(predictor, "predict", fails)
    factories.item_type()
    item = factories.submit(None)
    assert [reason["code"] for reason in item.reasons] == ["prediction_failed", "no_prediction"]
    assert (again(item).agrees, again(item).now.action) == (True, "human_review")


def test_what_was_escalated_since_still_agrees():
    factories.item_type()
    item = factories.submit(0.85)
    decisions.escalate(item, why="not sure", now=timezone.now(), by="user:rita")
    result = again(item)
    assert (result.agrees, result.now.action, result.stored.reasons) == (
        True,
        "human_review",
        result.now.reasons,
    )


def test_an_item_that_was_tampered_with_does_not_agree():
    factories.item_type()
    item = factories.submit(0.85)
    Item.objects.update(score=0.97)
    result = again(item)
    assert (result.agrees, result.stored.action != result.now.action) == (False, True)


@pytest.mark.parametrize(("fields", "why"), [({"pool": True}, "unlabelled"), ({}, "No model has answered")])
def test_what_was_never_judged_is_said_to_be_so(fields, why):
    factories.item_type()
    result = again(factories.submit(None, **fields))
    assert (why in result.impossible, result.now, result.agrees) == (True, None, False)


def test_todays_policy_is_compared_with_its_own_and_the_cause_is_named():
    item_type = factories.item_type(rules=[SHADOW])
    item = factories.submit(0.92, context={"amount": 20})
    item_type.rules.create(**LARGE, state="live")
    result = again(item, republished(audit_rate=0.5, expert=0.4))
    assert (result.own, result.agrees) == (False, False)
    assert (result.stored.action, result.now.action) == ("human_review", "expert_escalation")
    assert result.causes == ("New rule “large” (live): when context.amount > 10.0, an expert decides.",)
    assert result.gained == ("risk rule 'large' (context.amount > 10.0)",)


def test_a_difference_that_does_not_touch_the_item_is_no_cause():
    factories.item_type()
    item = factories.submit(0.97)
    result = again(item, republished(review=0.7, audit_rate=0.5, class_thresholds={"negative": 0.99}))
    assert (result.agrees, result.causes, result.gained, result.lost) == (True, (), (), ())


def test_differences_that_only_matter_together_are_all_named():
    item_type = factories.item_type(rules=[LARGE], automate=False, expert_mandatory=True)
    item = factories.submit(0.97, context={"amount": 20})
    item_type.rules.all().delete()
    result = again(item, republished(automate=True, expert_mandatory=False))
    assert (result.now.action, len(result.causes)) == ("auto_approve", 3)


@pytest.mark.parametrize(
    ("asked", "number", "agrees"), [("own", 1, True), ("today", 2, False), ("1", 1, True)]
)
def test_the_api_judges_again_by_the_policy_asked_for(asked, number, agrees):
    factories.item_type()
    item = factories.submit(0.92)
    republished(auto_approve=0.9)
    answer = caller("items:read").get(f"/api/v1/items/{item.pk}/replay/", {"policy": asked}).json()
    assert (answer["policy"], answer["agrees"], answer["stored"]["action"]) == (
        number,
        agrees,
        "human_review",
    )
    assert answer["causes"] == ([] if agrees else ["Auto-approve from confidence: 0.95 → 0.9."])


@pytest.mark.parametrize("asked", ["7", "", "-1", "¹", "latest", "9" * 40])
def test_the_api_names_the_policies_there_are_to_ask_for(asked):
    factories.item_type()
    item = factories.submit(0.92)
    answer = caller("items:read").get(f"/api/v1/items/{item.pk}/replay/", {"policy": asked})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "policy")


def test_the_api_answers_for_an_item_that_was_never_judged():
    factories.item_type()
    item = router.submit("sentiment", [factories.entry(None)], by="system:test")[0].item
    answer = caller("items:read").get(f"/api/v1/items/{item.pk}/replay/").json()
    assert (answer["now"], answer["policy"]) == (None, None)
    assert answer["impossible"].startswith("No model has answered")


def test_judging_again_stores_nothing_and_takes_few_statements(django_assert_num_queries):
    factories.item_type()
    item = Item.objects.select_related("item_type", "policy").get(pk=factories.submit(0.92).pk)
    with django_assert_num_queries(1):
        replay(item)
    assert Policy.objects.count() == 1


KEYS = {"name": "first key", "when": "context.map(k, k)[0] == 'amount'"}
WHOLE = {"name": "whole", "when": "type(context.n) == double", "state": "shadow"}
SIGN = {"name": "sign", "when": "1.0 / context.n > 0.0"}


@pytest.mark.parametrize(
    "context",
    [{"amount": 1, "n": 1e22}, {"n": 2.0, "amount": 1}, {"n": -0.0, "b": 1}, {"n": 1e300, "é": [1e16, 0.5]}],
)
def test_rules_read_what_is_stored_whatever_order_and_size_the_client_sent(context):
    factories.item_type(rules=[KEYS, WHOLE, SIGN])
    assert again(factories.submit(0.97, context=context)).agrees
