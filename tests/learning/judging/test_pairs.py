"""Two models on the same items: who wins where, and when that proves anything."""

import numpy as np
import pytest

from learning.judging.evidence import Evidence
from learning.judging.gate import judge
from learning.judging.pairs import by_class, differing, proven_better, sign_test
from tests.learning.judging.said import evidence, hits


def pair(n, gain, seed):
    """Return a champion of accuracy 0.9 and a challenger better by `gain`; 8 % of items tell them apart."""
    r = np.random.default_rng(seed)
    draw, both = r.random(n), r.random(n) < 0.935
    won, lost = draw < 0.04 + gain / 2, (draw >= 0.04 + gain / 2) & (draw < 0.08)
    return evidence(np.where(won, False, lost | both)), evidence(np.where(lost, False, won | both))


def test_the_sign_test_is_the_exact_binomial_one():
    assert (sign_test(0, 0), sign_test(5, 5)) == (1.0, 1.0)
    assert sign_test(10, 2) == pytest.approx(0.03857, abs=1e-5)
    assert sign_test(2000, 1800) == pytest.approx(0.0013, abs=2e-4)


def test_wins_and_losses_are_counted_by_true_class():
    labels = np.repeat([0, 1], 50)
    old, new = np.ones(100, bool), np.ones(100, bool)
    old[:10], new[50:53] = False, False
    champion, challenger = (evidence(one, 2, labels=labels, classes=("cat", "dog")) for one in (old, new))
    assert [tuple(vars(one).values()) for one in by_class(champion, challenger)] == [
        ("cat", 50, 10, 0),
        ("dog", 50, 0, 3),
    ]


def test_items_on_which_they_differ_show_both_sides():
    old, new = evidence([True, False, False, True], 2), evidence([True, True, True, False], 2)
    rows = differing(old, new, ["a", "b", "c", "d"], most=2)
    assert rows == [
        {"item": "d", "truth": "1", "before": "1", "after": "0"},
        {"item": "b", "truth": "1", "before": "0", "after": "1"},
    ]
    assert [row["item"] for row in differing(old, new, ["a", "b", "c", "d"])] == ["d", "b", "c"]


def test_an_equal_challenger_is_called_better_in_one_case_of_twenty_however_often_one_looks():
    called = 0
    for seed in range(400):  # fight() keeps the most evidence that there ever was: it looks after each label
        called += proven_better(*pair(1000, 0.0, seed))
    assert called / 400 <= 0.05


def test_a_challenger_three_points_better_is_mostly_proven_to_be():
    found = sum(proven_better(*pair(2000, 0.03, seed)) for seed in range(50))
    assert found >= 45


def test_a_challenger_two_points_worse_is_refused_and_never_called_better():
    verdicts = [judge(*pair(1000, -0.02, seed)) for seed in range(200)]
    assert sum(not verdict.promote for verdict in verdicts) / 200 >= 0.95
    assert sum(verdict.better for verdict in verdicts) == 0


def test_rare_audits_of_great_weight_prove_no_more_than_they_are():
    right = hits(400, 0.8)
    better = right | (np.arange(400) < 40)
    weights = np.where(np.arange(400) < 390, 1.0, 20.0)
    old, new = evidence(right), evidence(better)
    assert proven_better(old, new)
    some = [Evidence(one.probabilities, one.labels, weights[::-1]) for one in (old, new)]
    assert not proven_better(*some)
