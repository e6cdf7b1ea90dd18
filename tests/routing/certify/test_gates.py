"""What besides the score keeps answers from being automated, and when a policy lets more of them through."""

from dataclasses import replace

import pytest

from routing.certify.gates import loosened
from routing.kinds import TypeSpec
from routing.policy import Policy, Rule, Thresholds

LARGE = Rule("large", "risk", "context.amount > 10000.0", "expert")
QUEUE = Rule("german", "business", 'context.language == "de"', "queue", queue="german")
SPEC = TypeSpec("classification", ("a", "b"))
BEFORE = Policy(
    1, rules=(LARGE, QUEUE), committee_limit=0.3, novelty_limit=0.9, confirm_classes=True, spec=SPEC
)


@pytest.mark.parametrize(
    "change",
    [
        {"rules": (QUEUE,)},
        {"rules": (QUEUE, replace(LARGE, when="context.amount > 20000.0"))},
        {"rules": (QUEUE, replace(LARGE, state="shadow"))},
        {"rules": (QUEUE, replace(LARGE, effect="priority", priority="high"))},
        {"committee_limit": None},
        {"committee_limit": 0.4},
        {"novelty_limit": None},
        {"novelty_limit": 0.95},
        {"confirm_classes": False},
        {"spec": replace(SPEC, tolerance=0.2)},
        {"spec": replace(SPEC, labels=("a", "b", "c"))},
    ],
)
def test_what_lets_more_through_is_named_and_its_opposite_is_not(change):
    after = replace(BEFORE, **change)
    assert isinstance(loosened(BEFORE, after), str)
    other_question = "spec" in change or "20000" in str(after.rules)
    assert (loosened(after, BEFORE) is None) is not other_question


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"rules": (replace(LARGE, name="big", effect="review"),)},
        {"rules": (LARGE, QUEUE, replace(LARGE, when="payload.odd"))},
        {"thresholds": Thresholds(0.6, 0.5, 0.1)},
        {"automate": False},
        {"audit_rate": 0.5},
        {"spec": replace(SPEC, unit="EUR")},
        {"spec": None},
    ],
)
def test_what_lets_no_more_through_is_not(change):
    assert loosened(BEFORE, replace(BEFORE, **change)) is None
