"""Learners are found by name, a server's own by the path in its settings and by no other."""

import numpy as np
import pytest

from learning.learners import catalogue
from learning.learners.catalogue import UnknownLearner, find, names
from learning.learners.predictors import LinearPredictor
from learning.learners.training import fit

ROWS = np.array([[0, 1], [1, 0]] * 15, np.float32)
LABELS = ["pin", "card"] * 15


class Centroids:
    """Predicts the class whose mean lies nearest, as far as weights tell it."""

    dense = True

    def fit(self, rows, y, weights, classes, seed):
        means = np.stack(
            [np.average(rows[y == k], axis=0) if (y == k).any() else np.zeros(2) for k in range(classes)]
        )
        return LinearPredictor(
            10 * means.T.astype(np.float32), -5 * np.square(means).sum(1, dtype=np.float32)
        )


class Narrow(Centroids):
    def fit(self, rows, y, weights, classes, seed):
        return super().fit(rows, y, weights, 1, seed)


class Foreign(Centroids):
    def fit(self, rows, y, weights, classes, seed):
        return self


OWN = {one.__name__.lower(): f"{__name__}.{one.__name__}" for one in (Centroids, Narrow, Foreign)}


def test_a_learner_of_ones_own_is_trained_calibrated_and_kept_as_arrays():
    fitted = fit("centroids", ROWS, LABELS, classes=("card", "pin", "none"), own=OWN, ensemble=3)
    assert fitted.predict_proba(ROWS).argmax(axis=1).tolist() == [1, 0] * 15
    assert [type(one) for one in fitted.predictor.members] == [LinearPredictor] * 3
    assert names(OWN) == ["linear", "forest", "mlp", "centroids", "narrow", "foreign"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("narrow", "predicts 1 classes instead of 2"),
        ("foreign", "gave a Foreign, not one of: LinearPredictor"),
    ],
)
def test_what_a_learner_of_ones_own_gives_is_checked(name, why):
    with pytest.raises(UnknownLearner, match=why):
        fit(name, ROWS, LABELS, classes=("card", "pin"), own=OWN)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("no.such.Class", "can't be made from 'no.such.Class': No module named 'no'"),
        ("math.Class", "has no attribute 'Class'"),
        ("collections.OrderedDict", "is no learner: it needs `dense` and `fit`"),
    ],
)
def test_a_path_that_leads_to_no_learner_is_refused_with_the_reason(path, why):
    with pytest.raises(UnknownLearner, match=why):
        find("mine", {"mine": path})


def test_a_path_outside_the_settings_is_never_imported():
    with pytest.raises(
        UnknownLearner, match=r"unknown learner 'collections.OrderedDict'; known are linear, fo"
    ):
        find("collections.OrderedDict", OWN)


def test_a_built_in_name_cannot_be_taken():
    assert find("linear", {"linear": OWN["centroids"]}) is catalogue.LEARNERS["linear"]
