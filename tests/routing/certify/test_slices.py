"""Each class has its own proof, and rare ones share one."""

import numpy as np
import pytest

from bench import classes
from routing.certify import Batch, Target, slices

TARGET = Target(0.05)


def right(names) -> Batch:
    """Return a reviewed batch in which the model was right, one row a name."""
    size = len(names)
    return Batch(np.full(size, 0.9), np.ones(size), np.ones(size, dtype=bool), np.zeros(size))


def test_one_certificate_for_all_lets_classes_break_the_target_and_one_each_does_not():
    found = classes.measure(classes.simulated, 3, earlier=4_000)
    assert found["one_for_all"]["classes_over"] >= 0.2
    assert found["one_each"]["classes_over"] <= 0.05
    assert found["one_each"]["automated"] >= 0.55


def test_a_class_gets_its_own_certificate_from_three_log_delta_over_alpha_audits_on():
    assert slices.own_slices({"cat": 180, "owl": 179}, TARGET) == {"cat"}


def test_rare_classes_share_the_rest_and_only_it_sees_their_items():
    names = ["cat", "owl", "emu", "cat"]
    states = slices.begin_slices(TARGET, [0.9, 0.8, 0.7, 0.6], names, {"cat"})
    states = slices.update_slices(states, right([*names, "new"]), [*names, "new"])
    assert {name: int(one.decisions[0]) for name, one in states.items()} == {"*": 3, "cat": 2}
    assert slices.thresholds(states) == {"*": None, "cat": None}


@pytest.mark.parametrize(("simultaneous", "delta"), [(False, 0.05), (True, 0.025)])
def test_delta_is_shared_only_where_all_shall_hold_at_once(simultaneous, delta):
    states = slices.begin_slices(TARGET, [0.9, 0.8], ["cat", "owl"], {"cat"}, simultaneous=simultaneous)
    assert {name: one.target.delta for name, one in states.items()} == {"*": delta, "cat": delta}


def test_items_of_the_rest_are_left_to_people_where_it_has_no_scores():
    states = slices.begin_slices(TARGET, [0.9, -np.inf], ["cat", "owl"], {"cat"})
    after = slices.update_slices(states, right(["cat", "owl"]), ["cat", "owl"])
    assert {name: int(one.decisions[0]) for name, one in after.items()} == {"cat": 1}
