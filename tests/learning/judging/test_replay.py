"""What a new model would have done with past decisions: shares, moves, and examples to look at."""

import pytest

from learning.judging.replay import Decided, Move, compare

AUTO, HUMAN = "auto_approve", "human_review"


def test_changes_are_counted_by_what_becomes_of_the_item():
    before = [Decided("cat", AUTO), Decided("cat", AUTO), Decided("cat", HUMAN), Decided("dog", HUMAN)]
    after = [Decided("cat", AUTO), Decided("dog", AUTO), Decided("dog", HUMAN), Decided("dog", AUTO)]
    found = compare(["a", "b", "c", "d"], before, after)
    assert (found.decisions, found.changed, found.labels) == (4, 0.5, 0.5)
    assert (found.automated_before, found.automated_after) == (0.5, 0.75)
    assert found.classes == (Move("cat", "dog", 2),)
    assert found.actions == (Move(HUMAN, AUTO, 1),)


def test_examples_show_first_what_would_go_out_with_another_label():
    before = [Decided("cat", HUMAN)] * 30 + [Decided("cat", AUTO)]
    after = [Decided("cat", AUTO)] * 30 + [Decided("dog", AUTO)]
    found = compare([f"i{n}" for n in range(31)], before, after)
    assert (found.examples[0].item, found.examples[0].after, len(found.examples)) == (
        "i30",
        Decided("dog", AUTO),
        10,
    )


def test_a_model_that_can_not_read_an_item_has_no_label_for_it():
    found = compare(["a"], [Decided("cat", AUTO)], [Decided(None, HUMAN)])
    assert (found.classes, found.changed) == ((Move("cat", "–", 1),), pytest.approx(1.0))


def test_without_decisions_there_is_nothing_to_replay():
    assert compare([], [], []) is None
