"""What rows say otherwise than the trail is named."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hitl_project.compliance.story.facts import Fact
from hitl_project.compliance.story.matching import ItemRow, ReviewRow, mismatches

AT = datetime(2026, 6, 3, tzinfo=UTC)
ROUTED = {"content": "c0", "policy": 3, "model": "clf@1", "confidence": 0.5, "action": "human_review"}
ROUTED |= {"status": "pending_human", "label": None}
SAID = {"assignment": 5, "action": "edit", "label": "negative", "comment": "Clear.", "confidence": None}
FACTS = (
    Fact(1, AT, "key:ab12/acme", "item.submitted", ROUTED),
    Fact(2, AT, "user:rita", "review.submitted", SAID),
    Fact(3, AT, "user:rita", "item.resolved", {"after": "approved", "label": "negative"}),
)
ITEM = ItemRow("approved", "negative", "user:rita", 3, "clf@1", 0.5, "c0")
ROW = ReviewRow(5, "rita", "edit", "negative", "Clear.", None, ("negative",))


def test_rows_that_say_what_the_trail_says_match():
    assert mismatches(ITEM, [ROW], FACTS, [(3, True)]) == ()


@pytest.mark.parametrize(
    ("changed", "text", "event"),
    [
        (
            {"content": "c1"},
            "What is shown as the item’s content is not what came in: it was changed.",
            1,
        ),
        ({"policy": 4}, "The item names 4 as policy, the trail 3.", 1),
        ({"label": "positive"}, "The item’s answer is “positive”, the trail says “negative”.", 3),
        ({"decided_by": "user:omar"}, "The item names omar as who decided it, the trail rita.", 3),
        ({"status": "rejected"}, "The item is rejected, the trail says approved.", 3),
    ],
)
def test_an_item_that_was_changed_is_named(changed, text, event):
    (found,) = mismatches(replace(ITEM, **changed), [ROW], FACTS)
    assert (found.text, found.event) == (text, event)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"label": "positive"}, "The answer of rita is stored as “positive”, the trail says “negative”."),
        ({"comment": "No."}, "The remark of rita is not stored as they wrote it."),
        ({"in_force": ("positive",)}, "A label that rita left is not the answer that the trail tells."),
    ],
)
def test_an_answer_that_was_changed_is_named(changed, text):
    (found,) = mismatches(ITEM, [replace(ROW, **changed)], FACTS)
    assert (found.text, found.event) == (text, 2)


def test_an_answer_that_is_missing_and_one_too_many_are_named():
    (gone,) = mismatches(ITEM, [], FACTS)
    assert gone.text == "The trail tells of an answer of rita that is not stored any more."
    (forged,) = mismatches(ITEM, [ROW, replace(ROW, seat=9, person="mallory")], FACTS)
    assert forged.text == "The trail does not know the answer that is stored as that of mallory."


def test_a_decision_that_no_event_tells_of_and_a_policy_that_was_rewritten_are_named():
    waits, rewritten = mismatches(ITEM, [ROW], FACTS[:2], [(3, False)])
    assert waits.text == "The item is approved, but the trail knows of no decision."
    assert rewritten.text == "Policy 3 does not read as it was published."


def test_parts_of_events_that_cannot_be_opened_are_not_compared():
    closed = {name: value for name, value in SAID.items() if name not in ("label", "comment")}
    facts = (FACTS[0], replace(FACTS[1], data=closed, closed="erased"), FACTS[2])
    assert mismatches(ITEM, [replace(ROW, label=None, comment="")], facts) == ()
