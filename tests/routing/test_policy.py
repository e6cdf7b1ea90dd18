"""Where items go: bands, rules, committee, doubt, novelty."""

import json
from dataclasses import replace

import pytest

from routing.kinds import TypeSpec
from routing.policy import Opinion, Policy, Rule, Thresholds, decide

SPEC = TypeSpec("classification", ("negative", "positive"))
MANY = TypeSpec("classification", ("negative", "positive"), multilabel=True)
LARGE = Rule("large amount", "risk", "context.amount > 10000", "expert")
AUDIT = Rule("audit asked", "compliance", "context.requires_audit == true", "review")


def opinion(confidence, label="positive", **fields):
    return Opinion(model="clf@3", label=label, confidence=confidence, **fields)


def judge(
    confidence=0.97, *rules, label="positive", context=None, spec=SPEC, others=(), known=None, **policy
):
    said = [] if confidence is None else [opinion(confidence, label), *others]
    return decide(
        Policy(7, rules=rules, **policy),
        said,
        payload={"text": "So so."},
        context=context or {},
        spec=spec,
        known_labels=known,
    )


def texts(verdict):
    return [reason.text for reason in verdict.reasons]


@pytest.mark.parametrize(
    ("confidence", "action", "priority", "reason"),
    [
        (1.0, "auto_approve", "low", "confidence 1.000 at or above the auto-approve threshold 0.950"),
        (0.97, "auto_approve", "low", "confidence 0.970 at or above the auto-approve threshold 0.950"),
        (0.95, "auto_approve", "low", "confidence 0.950 at or above the auto-approve threshold 0.950"),
        (0.9499999, "human_review", "normal", "confidence 0.9499999 below the auto-approve threshold 0.95"),
        (0.8, "human_review", "normal", "confidence 0.800 below the auto-approve threshold 0.950"),
        (0.62, "human_review", "high", "confidence 0.620 below the auto-approve threshold 0.950"),
        (0.5, "human_review", "high", "confidence 0.500 below the auto-approve threshold 0.950"),
        (0.3, "expert_escalation", "urgent", "confidence 0.300 below the expert threshold 0.500"),
        (0.0, "expert_escalation", "urgent", "confidence 0.000 below the expert threshold 0.500"),
    ],
)
def test_the_band_decides_and_says_so(confidence, action, priority, reason):
    verdict = judge(confidence)
    assert (verdict.action, verdict.priority, texts(verdict)) == (action, priority, [reason])


def test_without_a_prediction_a_person_looks():
    verdict = judge(None)
    assert (verdict.action, verdict.priority) == ("human_review", "normal")
    assert (texts(verdict), verdict.uncertainty) == (["no model has made a prediction"], None)


def test_the_calibrated_score_is_what_is_judged():
    verdict = decide(Policy(1), [opinion(0.99, score=0.7)], payload={"text": "x"}, context={}, spec=SPEC)
    assert texts(verdict) == ["confidence 0.700 below the auto-approve threshold 0.950"]


def test_a_risk_rule_sends_a_sure_item_to_an_expert_and_all_reasons_are_told():
    verdict = judge(0.97, AUDIT, LARGE, context={"amount": 20_000, "requires_audit": True})
    assert (verdict.action, verdict.priority) == ("expert_escalation", "high")
    assert texts(verdict) == [
        "risk rule 'large amount' (context.amount > 10000)",
        "compliance rule 'audit asked' (context.requires_audit == true)",
        "confidence 0.970 at or above the auto-approve threshold 0.950",
    ]


def test_a_rule_that_does_not_match_leaves_no_trace():
    assert judge(0.97, LARGE, context={"amount": 120}) == judge(0.97)


def test_a_rule_that_cannot_be_checked_counts_as_matched():
    verdict = judge(0.97, LARGE)
    assert verdict.action == "expert_escalation"
    assert texts(verdict)[0] == "risk rule 'large amount' could not be checked: no field 'amount' in context"


@pytest.mark.parametrize("when", ["context.amount > 1", "this does not compile"])
def test_doubt_about_any_rule_brings_a_person(when):
    rule = Rule("soon", "business", when, "priority", priority="high")
    assert (judge(0.97, rule).action, judge(0.97, rule).priority) == ("human_review", "high")


def test_a_priority_rule_raises_and_never_lowers():
    rules = [Rule(p, "business", "true", "priority", priority=p) for p in ("low", "high")]
    assert (judge(0.85, *rules).action, judge(0.85, *rules).priority) == ("human_review", "high")
    assert judge(0.3, *rules).priority == "urgent"
    assert judge(0.97, Rule("calm", "risk", "true", "expert", priority="low")).priority == "high"


def test_the_first_queue_that_a_rule_names_is_used():
    rules = [Rule(slug, "business", "true", "queue", queue=slug) for slug in ("refunds", "others")]
    assert (judge(0.85, *rules).queue, judge(0.97, *rules).action) == ("refunds", "auto_approve")


def test_a_shadow_rule_is_recorded_and_changes_nothing():
    shadows = [replace(LARGE, state="shadow"), replace(AUDIT, state="shadow")]
    verdict = judge(0.97, *shadows, context={"amount": 20_000})
    assert replace(verdict, shadow=()) == judge(0.97)
    assert verdict.shadow == (
        "large amount: expert",
        "audit asked: review (could not be checked: no field 'requires_audit' in context)",
    )


def test_a_rule_may_read_the_prediction():
    rule = Rule("sure", "risk", "prediction.label == 'positive' && prediction.score > 0.9", "review")
    assert (judge(0.97, rule).action, judge(0.97, rule, label="negative").action) == (
        "human_review",
        "auto_approve",
    )
    assert (
        texts(judge(None, rule))[1] == "risk rule 'sure' could not be checked: no field 'label' in prediction"
    )


def test_a_class_may_have_its_own_threshold():
    own = {"positive": 0.99, "negative": None}
    assert texts(judge(0.97, class_thresholds=own)) == [
        "confidence 0.970 below the auto-approve threshold 0.990 of 'positive'"
    ]
    assert texts(judge(1.0, label="negative", class_thresholds=own)) == [
        "confidence 1.000, but nothing of 'negative' is approved automatically"
    ]
    assert judge(0.9, class_thresholds={"positive": 0.85}).action == "auto_approve"


def test_of_several_labels_the_strictest_threshold_holds():
    own = {"positive": 0.5, "negative": 0.99}
    judged = [
        judge(0.96, label=label, spec=MANY, class_thresholds=own).action
        for label in (["positive"], ["negative", "positive"], [])
    ]
    assert judged == ["auto_approve", "human_review", "auto_approve"]


@pytest.mark.parametrize("never", [None, 1.01])
def test_a_threshold_above_one_automates_nothing(never):
    assert judge(1.0, thresholds=Thresholds(never, 0.8, 0.5)).action == "human_review"


def test_automation_can_be_switched_off_and_experts_be_mandatory():
    off, expert = judge(0.99, automate=False), judge(0.99, expert_mandatory=True)
    assert (off.action, off.reasons[0].code) == ("human_review", "automation_off")
    assert (expert.action, expert.reasons[0].code) == ("expert_escalation", "expert_mandatory")


@pytest.mark.parametrize(
    ("label", "known", "code"),
    [("neutral", None, "novelty"), (3, None, "unparsable"), ("positive", {"negative"}, "novelty")],
)
def test_a_strange_label_brings_a_person_however_sure_the_model(label, known, code):
    verdict = judge(1.0, label=label, known=known, confirm_classes=True)
    assert (verdict.action, verdict.priority) == ("human_review", "normal")
    assert verdict.reasons[0].code == code


def test_a_listed_class_is_new_only_where_the_policy_wants_classes_confirmed():
    assert judge(1.0, known=set()).action == "auto_approve"
    assert judge(1.0, known=None, confirm_classes=True).action == "auto_approve"
    assert texts(judge(1.0, known={"negative"}, confirm_classes=True))[0] == (
        "nobody has given 'positive' as an answer yet"
    )


def test_a_committee_that_differs_brings_a_person():
    others = [opinion(0.9, "negative"), opinion(0.9)]
    verdict = judge(0.99, others=others, committee_limit=0.3)
    assert (verdict.action, verdict.disagreement) == ("human_review", 0.5)
    assert texts(verdict)[0] == (
        "models disagree: 2 of 3 say positive; clf@3 says negative; mean distance 0.500, limit 0.300"
    )
    assert judge(0.99, others=others, committee_limit=0.5).action == "auto_approve"
    assert judge(0.99, others=others).action == "auto_approve"


def test_a_committee_that_agrees_approves_nothing():
    assert judge(0.9, others=[opinion(1.0), opinion(1.0)], committee_limit=0.1).action == "human_review"


@pytest.mark.parametrize(
    "wrong",
    [
        (0.8, 0.9, 0.5),
        (0.9, 0.4, 0.5),
        (0.9, 0.8, -1),
        (1.2, 1.1, 0.5),
        (float("inf"), 0.8, 0.5),
        (float("nan"), 0.8, 0.5),
    ],
)
def test_thresholds_must_rise(wrong):
    with pytest.raises(ValueError, match="Thresholds must rise"):
        Thresholds(*wrong)


@pytest.mark.parametrize(
    "wrong", [{"category": "odd"}, {"effect": "odd"}, {"state": "draft"}, {"priority": "odd"}]
)
def test_a_rule_has_known_words(wrong):
    with pytest.raises(ValueError, match=r"Rule 'large amount': '(odd|draft)' is none of"):
        replace(LARGE, **wrong)


@pytest.mark.parametrize(
    "wrong", [{"audit_rate": 1.5}, {"committee_limit": -1}, {"class_thresholds": {"a": -1}}]
)
def test_a_policy_refuses_what_makes_no_sense(wrong):
    with pytest.raises(ValueError, match=r"must|can't"):
        Policy(1, **wrong)


def test_a_snapshot_round_trips_exactly():
    rules = (LARGE, replace(AUDIT, state="shadow", priority="high", queue="reviews"))
    policy = Policy(7, Thresholds(None, 0.7, 0.1), {"a": 0.99, "b": None}, rules, 0.2, 0.4, False, True)
    assert Policy.from_snapshot(json.loads(json.dumps(policy.to_snapshot()))) == policy
    assert Policy.from_snapshot({"number": 3}) == Policy(3)


def test_a_class_threshold_never_reaches_below_the_expert_limit():
    verdict = judge(0.2, class_thresholds={"positive": 0.1})
    assert verdict.action == "expert_escalation"
