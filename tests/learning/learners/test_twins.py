"""Pairs learnt from both sides."""

import numpy as np
from scipy.sparse import csr_matrix

from learning.learners import training, twins

CLASSES = ("a", "b", "tie")


def test_a_lesson_shows_each_pair_from_both_sides():
    rows = np.array([[1.0, -2.0], [3.0, 0.0], [0.5, 0.5]])
    inputs, labels, weights = twins.lesson(csr_matrix(rows), ["a", "b", "tie"], np.array([1.0, 3.0, 2.0]))
    np.testing.assert_array_equal(inputs.toarray(), np.concatenate([rows, -rows]))
    assert labels == ["a", "b", "tie", "b", "a", "tie"]
    assert weights.tolist() == [0.5, 1.5, 1.0] * 2


def test_what_is_said_no_longer_hangs_on_the_order():
    said, other = np.array([[0.7, 0.1, 0.2]]), np.array([[0.3, 0.5, 0.2]])
    np.testing.assert_allclose(twins.evened(said, other, CLASSES), [[0.6, 0.2, 0.2]])
    np.testing.assert_allclose(twins.evened(other, said, CLASSES), [[0.2, 0.6, 0.2]])


def test_twins_stand_in_the_same_fold():
    y = np.random.default_rng(0).integers(0, 3, 60)
    job = training._Job(np.tile(y, 2), np.ones(120), np.ones(120), 3, 0, 0.0, twins=True)
    np.testing.assert_array_equal(job.folds()[:60], job.folds()[60:])
    assert sorted(np.bincount(job.folds()).tolist()) == [30, 30, 30, 30]


def test_a_linear_preference_is_learnt_the_same_from_both_sides():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(200, 5))
    score = rows @ np.array([2.0, -1.0, 0, 0, 0])
    labels = np.where(np.abs(score) < 0.5, "tie", np.where(score > 0, "a", "b")).tolist()
    inputs, taught, weights = twins.lesson(rows, labels, np.ones(200))
    fitted = training.fit("linear", inputs, taught, weights, classes=CLASSES, twins=True)
    one, other = fitted.predict_proba(rows), fitted.predict_proba(-rows)
    np.testing.assert_allclose(one, other[:, [1, 0, 2]], atol=0.01)
    assert np.mean([CLASSES[column] for column in one.argmax(axis=1)] == np.array(labels)) > 0.9
