"""A forest's arrays predict what scikit-learn predicts, row by row."""

import numpy as np
import pytest
from sklearn import ensemble

from learning.learners import forest
from learning.learners.predictors import UNSEEN, softmax
from learning.learners.training import fit
from tests.learning.digits import NAMES, digits


@pytest.mark.parametrize("name", ["RandomForestClassifier", "ExtraTreesClassifier"])
def test_the_arrays_of_a_forest_predict_what_scikit_learn_predicts(name):
    r = np.random.default_rng(0)
    rows = r.normal(size=(400, 5)).astype(np.float32)
    y = np.where(rows[:, 0] > 0, 3, np.where(rows[:, 1] > 0, 1, 0))
    model = getattr(ensemble, name)(20, min_samples_leaf=2, random_state=0).fit(rows, y)
    ours = forest.export(model, 4)
    fresh = np.concatenate([rows, r.normal(size=(6_000, 5)).astype(np.float32)])
    theirs = np.zeros((len(fresh), 4))
    theirs[:, model.classes_] = model.predict_proba(fresh)
    said = (softmax(ours.logits(fresh)) - UNSEEN / 4) / (1 - UNSEEN)
    np.testing.assert_allclose(said, theirs, atol=1e-6)


def test_a_row_on_a_threshold_goes_the_way_that_it_goes_in_scikit_learn():
    rows = np.array([[0.1], [0.3]], np.float32).repeat(5, axis=0)
    model = ensemble.ExtraTreesClassifier(50, random_state=0).fit(rows, np.arange(10) // 5)
    edges = np.unique(np.concatenate([one.tree_.threshold for one in model.estimators_])).astype(np.float32)
    around = np.concatenate([edges, np.nextafter(edges, 1), np.nextafter(edges, -1)])[:, None].astype(
        np.float32
    )
    np.testing.assert_array_equal(
        forest.export(model, 2).logits(around).argmax(axis=1), model.predict_proba(around).argmax(axis=1)
    )


def test_a_forest_learns_what_no_straight_line_divides():
    r = np.random.default_rng(1)
    rows = r.normal(size=(300, 4)).astype(np.float32) * np.array([1, 1000, 1, 1], np.float32)
    labels = np.where(np.prod(rows[:, :2], axis=1) > 0, "same", "other")
    right = {}
    for learner in ("forest", "linear"):
        fitted = fit(learner, rows[:200], labels[:200].tolist(), classes=("other", "same"))
        said = fitted.predict_proba(rows[200:]).argmax(axis=1)
        right[learner] = (said == (labels[200:] == "same")).mean()
    assert right["forest"] >= 0.9
    assert right["linear"] <= 0.75


def test_digits_are_learnt_by_a_forest():
    _, _, rows, truth, given, train, held = digits()
    fitted = fit("forest", rows[train[:400]], [NAMES[i] for i in given[train[:400]]], classes=NAMES)
    assert (fitted.predict_proba(rows[held]).argmax(axis=1) == truth[held]).mean() >= 0.9
