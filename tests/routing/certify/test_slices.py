"""Each class has its own proof, and rare ones share one."""

import numpy as np
import pytest

from bench import classes
from routing.certify import Target, slices

TARGET = Target(0.05)


def test_one_certificate_for_all_lets_classes_break_the_target_and_one_each_does_not():
    found = classes.measure(classes.simulated, 3, earlier=4_000)
    assert found["one_for_all"]["classes_over"] >= 0.2
    assert found["one_each"]["classes_over"] <= 0.05
    assert found["one_each"]["automated"] >= 0.55


def test_a_class_gets_its_own_certificate_from_three_log_delta_over_alpha_audits_on():
    assert slices.own_slices({"cat": 180, "owl": 179}, TARGET) == {"cat"}


def test_rare_classes_share_the_thresholds_of_the_rest():
    names = ["cat", "owl", "emu", "cat"]
    states = slices.begin_slices(TARGET, [0.9, 0.8, 0.7, 0.6], names, {"cat"})
    assert {name: one.grid.max() for name, one in states.items()} == {"*": 0.8, "cat": 0.9}


@pytest.mark.parametrize(("simultaneous", "delta"), [(False, 0.05), (True, 0.025)])
def test_delta_is_shared_only_where_all_shall_hold_at_once(simultaneous, delta):
    states = slices.begin_slices(TARGET, [0.9, 0.8], ["cat", "owl"], {"cat"}, simultaneous=simultaneous)
    assert {name: one.target.delta for name, one in states.items()} == {"*": delta, "cat": delta}


def test_the_rest_has_no_certificate_where_it_has_no_scores():
    assert slices.begin_slices(TARGET, [0.9, -np.inf], ["cat", "owl"], {"cat"}).keys() == {"cat"}
