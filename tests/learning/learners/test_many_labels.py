"""However many labels there are, a training looks at them so often that it ends."""

from typing import ClassVar

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from learning.learners import forest, linear, mlp, setting, training
from learning.learners.predictors import LinearPredictor
from learning.learners.training import fit
from tests.learning.learners.test_training import blobs

ROWS, LABELS = blobs(4_000)
OWN = {"means": "tests.learning.learners.test_many_labels.Means"}


class Means:
    """The nearest mean of the rows by their weights; `seen` are the weights of each fit."""

    dense = True
    seen: ClassVar[list[np.ndarray]] = []

    def fit(self, rows, y, weights, classes, seed):
        self.seen.append(weights)
        found = [np.average(rows[y == one], axis=0, weights=weights[y == one]) for one in range(classes)]
        means = np.array(found, np.float32)
        return LinearPredictor(means.T, -np.square(means).sum(axis=1) / 2)


def test_a_sample_chooses_and_the_model_is_fitted_twice_to_the_many():
    Means.seen.clear()
    found = fit("means", ROWS, LABELS, classes="abc", own=OWN)
    sizes = [len(one) for one in Means.seen]
    assert sizes[-2:] == [3_000, 4_000]
    assert max(sizes[:-2]) <= training.SAMPLE
    told = found.predict_proba(ROWS)
    right = told.argmax(axis=1) == ["abc".index(label) for label in LABELS]
    assert right.mean() > 0.99
    assert abs(told.max(axis=1).mean() - right.mean()) < 0.01


def test_mistaken_labels_outside_of_the_sample_are_trusted_less():
    Means.seen.clear()
    slip = np.random.default_rng(1).random(4_000) < 0.04
    given = [
        "abc"["abc".index(label) - 1] if wrong else label for label, wrong in zip(LABELS, slip, strict=True)
    ]
    found = fit("means", ROWS, given, classes="abc", own=OWN)
    trusted = Means.seen[-1]
    assert 0.02 <= found.calibration.label_noise <= 0.05
    assert trusted[slip].mean() < 0.2
    assert trusted[~slip].mean() > 0.98


def test_twins_are_drawn_together():
    job = training._Job(np.zeros(6_000, int), np.ones(6_000), np.ones(6_000), 2, 0, 0.0, twins=True)
    some = job.some(1_000)
    np.testing.assert_array_equal(some[500:], some[:500] + 3_000)


@pytest.mark.parametrize(
    ("count", "numbers", "classes"), [(2_000, 2, 3), (200_000, 40, 77), (50_000, 40, 5_000)]
)
def test_a_linear_fit_of_sparse_rows_costs_a_minute_at_most(count, numbers, classes):
    places = np.tile(np.arange(numbers), count)
    rows = csr_matrix((np.ones(len(places), np.float32), places, np.arange(count + 1) * numbers))
    used, steps = linear._affordable(rows, np.arange(count), classes, 0, None)
    assert len(used) * numbers * classes * steps <= linear.MOST_SPARSE
    assert linear.FEWEST_STEPS <= steps <= linear.MOST_STEPS
    assert len(used) == count or steps == linear.FEWEST_STEPS


def test_a_linear_fit_of_dense_rows_keeps_to_its_memory_and_still_learns(monkeypatch):
    monkeypatch.setattr(linear, "MOST_NUMBERS", 200)
    y = np.array(["abc".index(label) for label in LABELS])
    used, _ = linear._affordable(ROWS, np.arange(4_000), 3, 0, None)
    found = linear.fit(ROWS, y, np.ones(4_000), 3, 0, c=1.0)
    assert len(used) == 100
    assert (found.logits(ROWS).argmax(axis=1) == y).mean() > 0.97


def test_a_network_goes_through_many_rows_less_often():
    assert [mlp._epochs(rows, 64) for rows in (1_000, 200_000, 10**8)] == [mlp.EPOCHS, 32, 1]
    assert mlp._epochs(200_000, 4_096) == 3


def test_each_tree_of_a_forest_learns_a_sample_of_many_rows(monkeypatch):
    monkeypatch.setattr(forest, "MOST_ROWS", 60)
    monkeypatch.setattr(forest, "TREES", 20)
    y = np.array(["abc".index(label) for label in LABELS])
    for name in ("RandomForestClassifier", "ExtraTreesClassifier"):
        found = forest.fit(ROWS, y, np.ones(4_000), 3, 0, name=name, least=1)
        assert len(found.threshold) <= 20 * 2 * 60
        assert (found.logits(ROWS).argmax(axis=1) == y).mean() > 0.97


def test_the_members_of_an_ensemble_share_many_labels_among_them(monkeypatch):
    monkeypatch.setattr(setting, "MOST_EACH", 500)
    Means.seen.clear()
    found = fit("means", ROWS, LABELS, classes="abc", own=OWN, ensemble=5)
    assert [len(one) for one in Means.seen[-10:]] == [600] * 5 + [800] * 5
    assert len(found.predictor.members) == 5
