"""The learner for both arms: one setting, found by labels that were not learnt from."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from learning.proving import fixed


def world(width=5, count=90):
    rng = np.random.default_rng(0)
    labels = np.arange(count) % 3
    rows = rng.normal(0, 0.3, (count, width))
    rows[np.arange(count), labels] += 2
    return rows, labels


@pytest.mark.parametrize("made", [np.asarray, csr_matrix])
@pytest.mark.parametrize("width", [5, 300])
def test_it_learns_from_dense_and_sparse_rows(made, width):
    rows, labels = world(width)
    learner = fixed.fix(made(rows), labels[:60], labels[60:], 3)
    assert learner.learn(np.arange(60), np.ones(60)).mean() > 0.9


def test_labels_of_one_class_say_that_class():
    rows, labels = world()
    learner = fixed.fix(rows, labels[:60], labels[60:], 3)
    same = np.flatnonzero(learner.labels == 1)
    assert learner.learn(same, np.ones(len(same))).tolist() == (labels[60:] == 1).astype(float).tolist()


def test_the_setting_is_quoted():
    rows, labels = world()
    said = str(fixed.fix(rows, labels[:60], labels[60:], 3))
    assert said in [f"logistic regression, C = {c:g}, on 5 numbers a payload" for c in fixed.PENALTIES]


def test_a_weight_of_nothing_takes_a_label_out():
    rows, labels = world()
    learner = fixed.fix(rows, labels[:60], labels[60:], 3)
    wrong = fixed.Fixed(learner.rows, learner.labels.copy(), learner.held, learner.held_labels, 3)
    wrong.labels[:30] = (wrong.labels[:30] + 1) % 3
    weights = np.r_[np.zeros(30), np.ones(30)]
    assert wrong.learn(np.arange(60), weights).mean() > 0.9


def test_the_first_labels_may_be_of_nearly_as_many_classes():
    rows, labels = world(width=30, count=120)
    labels = np.arange(120) % 20
    rows[np.arange(120), labels] += 3
    learner = fixed.fix(rows, labels[:80], labels[80:], 20)
    assert learner.learn(np.arange(8), np.ones(8)).mean() == pytest.approx(0.4, abs=0.15)
