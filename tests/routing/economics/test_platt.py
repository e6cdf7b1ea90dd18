"""Scores become probabilities by the answers that people know to be right."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from routing.economics import platt
from routing.economics.platt import Platt


def overconfident(n=2000, seed=1):
    """Return scores, truths, and the probability by which each truth was drawn."""
    rng = np.random.default_rng(seed)
    scores = rng.beta(6, 1, n)
    chance = 1 / (1 + np.exp(-0.6 * np.log(scores / (1 - scores))))
    return scores, rng.random(n) < chance, chance


def reference(scores, right, weights):
    """Return scikit-learn's slope and intercept for Platt's targets, each answer split in two by its own."""
    x, weights = np.log(scores / (1 - scores)), weights * len(weights) / weights.sum()
    aims = platt.targets(right.astype(float), weights)
    doubled = np.concatenate([weights * aims, weights * (1 - aims)])
    truth = np.repeat([1, 0], len(x))
    model = LogisticRegression(C=100, tol=1e-10, max_iter=1000)
    model.fit(np.concatenate([x, x])[:, None], truth, sample_weight=doubled)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


@pytest.mark.parametrize("weighted", [False, True])
def test_the_fit_is_scikit_learns(weighted):
    scores, right, _ = overconfident()
    weights = np.random.default_rng(2).choice([1.0, 20.0], len(scores)) if weighted else np.ones(len(scores))
    found = platt.fit(scores, right, weights)
    wanted = reference(scores, right, weights)
    assert (found.slope, found.intercept) == pytest.approx(wanted, abs=1e-4)


def test_an_overconfident_score_is_brought_down_to_what_it_is_worth():
    scores, right, chance = overconfident(n=20_000)
    found = platt.fit(scores, right)
    assert np.abs(found.probability(scores) - chance).max() < 0.03


def test_weights_undo_that_only_doubtful_answers_were_looked_at():
    scores, right, _ = overconfident(n=40_000)
    looked = np.where(scores < 0.9, 1.0, 0.1)
    seen = np.random.default_rng(5).random(len(scores)) < looked
    whole, some = platt.fit(scores, right), platt.fit(scores[seen], right[seen], 1 / looked[seen])
    assert (some.slope, some.intercept) == pytest.approx((whole.slope, whole.intercept), abs=0.12)


def test_scores_that_mean_what_they_say_are_left_as_they_are():
    rng = np.random.default_rng(11)
    scores = rng.uniform(0.2, 0.99, 400)
    assert platt.fit(scores, rng.random(400) < scores) == Platt()


def test_a_handful_of_errors_is_no_reason_to_distrust_a_score():
    rng = np.random.default_rng(6)
    scores, right = rng.uniform(0.97, 0.999, 500), np.arange(500) > 4
    assert platt.fit(scores, right) == Platt()


def test_few_answers_change_nothing():
    scores, right, _ = overconfident(n=platt.FEWEST - 1)
    assert platt.fit(scores, right) == Platt()


def test_a_score_that_points_the_wrong_way_counts_for_nothing():
    rng = np.random.default_rng(4)
    scores = rng.uniform(0.01, 0.99, 1000)
    found = platt.fit(scores, rng.random(1000) > scores)
    assert (found.slope, found.probability(0.9)) == (0, pytest.approx(0.5, abs=0.05))


def test_answers_that_are_all_right_leave_some_doubt():
    found = platt.fit(np.full(200, 0.7), np.ones(200, bool))
    assert 0.98 < found.probability(0.7) < 1


def test_lengths_must_be_equal():
    with pytest.raises(ValueError, match="same length"):
        platt.fit([0.5, 0.6], [True])
