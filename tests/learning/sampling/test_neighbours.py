"""What labelled neighbours tell: errors, contradictions, rarity, distance, and where few items lie."""

import numpy as np

from learning.sampling import neighbours
from learning.sampling.neighbours import around

LEFT, RIGHT = np.array([0.0, 0.0]), np.array([10.0, 0.0])


def groups(count=12):
    """Return labelled rows: `count` about LEFT, then as many about RIGHT."""
    noise = np.random.default_rng(0).normal(size=(2 * count, 2)) * 0.1
    return (np.repeat([LEFT, RIGHT], count, axis=0) + noise).astype(np.float32)


ROWS = np.array([LEFT, RIGHT], np.float32)


def test_the_nearest_are_those_that_sorting_finds():
    r = np.random.default_rng(0)
    rows, others = r.normal(size=(30, 5)), r.normal(size=(50, 5))
    expected = np.linalg.norm(rows[:, None] - others[None], axis=2).argsort(axis=1)[:, :7]
    found = around(rows.astype(np.float32), others.astype(np.float32), 7)
    assert np.sort(found).tolist() == np.sort(expected).tolist()


def test_errors_are_looked_for_where_the_model_erred():
    wrong = np.repeat([0.0, 1.0], 12)
    assert neighbours.error_scores(ROWS, groups(), wrong).tolist() == [0, 1]


def test_a_pseudo_label_that_the_model_does_not_believe_is_a_loss():
    labels, said = np.repeat([0, 1], 12), np.array([[0.9, 0.1], [0.9, 0.1]], np.float32)
    losses = neighbours.pseudo_loss_scores(said, ROWS, groups(), labels)
    np.testing.assert_allclose(losses, -np.log([0.9, 0.1]), rtol=1e-5)


def test_a_hard_negative_is_sure_and_contradicted_by_all_around_it():
    labels, said = np.repeat([0, 1], 12), np.array([[0.9, 0.1], [0.9, 0.1]], np.float32)
    scores = neighbours.hard_negative_scores(said, ROWS, groups(), labels)
    np.testing.assert_allclose(scores, [0, 0.9], atol=1e-6)


def test_labels_of_another_class_count_for_none():
    labels, said = np.full(24, -1), np.array([[0.8, 0.2], [0.3, 0.7]], np.float32)
    losses = neighbours.pseudo_loss_scores(said, ROWS, groups(), labels)
    np.testing.assert_allclose(losses, -np.log([0.8, 0.7]), rtol=1e-5)


def test_a_class_without_labels_is_the_rarest():
    scores = neighbours.rare_scores(np.eye(3, dtype=np.float32), np.array([0, 0, 0, 1, -1]))
    np.testing.assert_allclose(scores, [np.log(6 / 4) / np.log(6), np.log(6 / 2) / np.log(6), 1], rtol=1e-5)


def test_what_lies_alone_is_sparse_and_what_lies_in_a_group_is_not():
    rows = np.concatenate([groups(40), [[100.0, 100.0]]]).astype(np.float32)
    assert neighbours.sparse_scores(rows, np.random.default_rng(0)).argmax() == 80


def test_the_distance_is_that_to_the_nearest_labelled():
    np.testing.assert_allclose(neighbours.distance_scores(ROWS + 3, ROWS), [18**0.5] * 2, rtol=1e-5)
