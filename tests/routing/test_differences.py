"""What publishing would change, in plain words."""

from dataclasses import fields, replace

import pytest

from routing.differences import differences
from routing.economics.costs import Costs
from routing.kinds import TypeSpec
from routing.policy import Policy, Rule, Thresholds

BEFORE = Policy(
    number=1,
    class_thresholds={"fraud": 0.99},
    rules=(Rule("large", "risk", "context.amount > 10000.0", "expert"),),
)


def test_the_same_policy_differs_in_nothing():
    assert differences(BEFORE, replace(BEFORE, number=2)) == []


def test_numbers_are_told_with_old_and_new():
    after = replace(BEFORE, thresholds=Thresholds(0.9, 0.8, 0.5), audit_rate=0.1, committee_limit=0.3)
    assert differences(BEFORE, after) == [
        "Auto-approve from confidence: 0.95 → 0.9.",
        "Share of automated items checked: 0.05 → 0.1.",
        "A committee may differ by: any amount → 0.3.",
    ]


def test_switches_are_told_as_what_happens():
    after = replace(BEFORE, automate=False, expert_mandatory=True)
    assert differences(BEFORE, after) == [
        "Nothing is approved without a person (shadow mode).",
        "Every item is decided by an expert.",
    ]


def test_a_threshold_of_one_class_comes_and_goes():
    after = replace(BEFORE, class_thresholds={"spam": 0.97, "theft": None})
    assert differences(BEFORE, after) == [
        "Auto-approve “fraud” from confidence: 0.99 → as the others.",
        "Auto-approve “spam” from confidence: as the others → 0.97.",
        "Auto-approve “theft” from confidence: as the others → never.",
    ]


def test_rules_come_change_and_go():
    large = replace(BEFORE.rules[0], when="context.amount > 5000.0", state="shadow")
    new = Rule("night", "risk", "context.hour < 5.0", "priority", priority="urgent")
    assert differences(BEFORE, replace(BEFORE, rules=(large, new))) == [
        "Rule “large”: live → shadow; when context.amount > 10000.0 → when context.amount > 5000.0.",
        "New rule “night” (live): when context.hour < 5.0, the priority is raised (urgent).",
    ]
    assert differences(BEFORE, replace(BEFORE, rules=())) == ["Rule “large” is gone."]


def test_a_first_policy_is_told_in_full():
    assert differences(None, Policy(number=1)) == [
        "Confident answers are approved without a person.",
        "Auto-approve from confidence: 0.95.",
        "Normal priority from confidence: 0.8.",
        "An expert decides below confidence: 0.5.",
        "Share of automated items checked: 0.05.",
        "A committee may differ by: any amount.",
    ]


def test_a_first_policy_changes_nothing_that_was():
    said = differences(
        None,
        Policy(
            number=1,
            usual_audit_rate=0.1,
            class_thresholds={"spam": 0.97},
            certified={"clf@1": {"*": 0.9}},
        ),
    )
    assert not any("→" in one for one in said)
    assert "Share checked once enough is known: 0.1." in said
    assert "Auto-approve “spam” from confidence: 0.97." in said


COSTS = Costs(50.0, 20.0, 60.0, 5.0, 30, 60, 1, 1)
ASKED = TypeSpec("classification", labels=("ham", "spam"))


@pytest.mark.parametrize("name", [field.name for field in fields(Policy) if field.name != "number"])
def test_no_part_of_a_policy_changes_unsaid(name):
    changed = {
        "thresholds": Thresholds(0.9, 0.8, 0.5),
        "class_thresholds": {},
        "rules": (),
        "audit_rate": 0.2,
        "committee_limit": 0.3,
        "automate": False,
        "expert_mandatory": True,
        "certified": {},
        "costs": COSTS,
        "novelty_limit": 0.99,
        "confirm_classes": True,
        "usual_audit_rate": 0.05,
        "spec": replace(ASKED, labels=("ham",)),
        "four_eyes": True,
        "target": {"alpha": 0.05, "delta": 0.05, "of": "decisions", "by": "all", "simultaneous": False},
    }
    before = replace(BEFORE, spec=ASKED)
    after = replace(before, **{name: changed[name]})
    assert [len(differences(*pair)) for pair in ((before, after), (after, before))] == [1, 1]


def test_what_is_proven_is_told_by_model_and_class():
    before = replace(BEFORE, certified={"clf@1": {"*": 0.95, "spam": 0.99}})
    after = replace(BEFORE, certified={"clf@1": {"*": 0.9}, "clf@2": {"*": None}})
    assert differences(before, after) == [
        "Proven for all answers of clf@1: auto-approve from confidence 0.95 → 0.9.",
        "Proven for “spam” of clf@1: auto-approve from confidence 0.99 → never.",
    ]


def test_costs_are_told_as_typed_and_what_is_measured_is_not():
    before = replace(BEFORE, costs=COSTS)
    assert differences(before, replace(BEFORE, costs=replace(COSTS, error=80.0, review_seconds=12))) == [
        "What an error costs: 50 → 80."
    ]
    assert differences(before, replace(BEFORE, costs=replace(COSTS, expert_wait_hours=9))) == []


def test_what_is_asked_is_told_label_by_label():
    before = replace(BEFORE, spec=ASKED)
    after = replace(BEFORE, spec=replace(ASKED, labels=("spam", "offer"), tolerance=0.1))
    assert differences(before, after) == [
        "New label “offer”.",
        "Label “ham” is gone.",
        "People agree up to a distance of: 0 → 0.1.",
    ]
