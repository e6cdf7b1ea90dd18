"""What publishing would change, in plain words."""

from dataclasses import replace

from routing.differences import differences
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
