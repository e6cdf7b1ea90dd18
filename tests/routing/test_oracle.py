"""What no policy can pass, by hand."""

import pytest

from routing import oracle
from routing.certify import Target

SYSTEM, SELECTIVE = Target(0.25), Target(0.25, of="automated")


def test_the_best_threshold_is_the_loosest_that_holds_and_never_parts_equal_scores():
    scores, wrong = [0.9, 0.8, 0.8, 0.7], [0, 0, 1, 1]
    assert oracle.best(scores, wrong, SYSTEM) == oracle.Best(0.8, 0.75, 0.25)
    assert oracle.best(scores, wrong, SELECTIVE) == oracle.Best(0.9, 0.25, 0.0)


def test_a_model_that_is_always_wrong_automates_nothing():
    assert oracle.best([0.9, 0.8], [1, 1], SELECTIVE) == oracle.Best(None, 0.0, 0.0)
    assert oracle.best([], [], SELECTIVE) == oracle.Best(None, 0.0, 0.0)


def test_perfect_ranking_sets_the_limit_of_an_error_rate():
    assert oracle.limit(0.14, Target(0.05)) == pytest.approx(0.91)
    assert oracle.limit(0.14, Target(0.05, of="automated")) == pytest.approx(0.86 / 0.95)
    assert oracle.limit(0.01, Target(0.05, of="automated")) == 1.0


def test_the_accuracy_needed_reaches_the_limit():
    for target in (Target(0.05), Target(0.05, of="automated")):
        assert oracle.limit(1 - oracle.accuracy_needed(0.9, target), target) == pytest.approx(0.9)
