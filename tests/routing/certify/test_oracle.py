"""What no policy can pass, by hand."""

import pytest

from routing.certify import Target, oracle

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


def test_an_answer_counts_for_as_many_items_as_it_stands_for():
    scores, wrong, weights = [0.9, 0.8, 0.7], [0, 0, 1], [6, 1, 3]
    assert oracle.best(scores, wrong, SYSTEM, weights) == oracle.Best(0.8, 0.7, 0.0)
    repeated = oracle.best([0.9] * 6 + [0.8] + [0.7] * 3, [0] * 7 + [1] * 3, SYSTEM)
    assert repeated == oracle.Best(0.8, 0.7, 0.0)


def test_the_bound_of_a_model_says_what_it_and_a_better_one_could_reach():
    scores, wrong = [0.9] * 80 + [0.6] * 20, [0] * 80 + [1] * 10 + [0] * 10
    found = oracle.bound("m", [*scores, 0.5], [*wrong, 1], [1.0] * 100 + [0.0], Target(0.05))
    assert (found.labels, found.best.share, found.accuracy) == (100, 0.8, pytest.approx(0.9))
    assert (found.ceiling, found.needed) == (pytest.approx(0.95), pytest.approx(0.85))
    assert found.low <= 0.8 <= found.high
    assert found == oracle.bound("m", scores, wrong, [1.0] * 100, Target(0.05))


def test_without_a_known_answer_there_is_no_bound():
    assert oracle.bound("m", [0.9], [float("nan")], [0.0], SYSTEM) is None
