"""Calibration finds the power and the share of slips that were put in, and else leaves things alone."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.judging.evaluation import measure
from learning.learners.calibration import Calibration, fit, log_loss, trust


def scores(n=1500, classes=4, sharpness=1.0, slips=0.0, seed=0, spread=0.25):
    """Return probabilities that are right to the power `sharpness`, and labels of which `slips` are wrong."""
    r = np.random.default_rng(seed)
    p = r.dirichlet(np.full(classes, spread), n)
    y = (r.random((n, 1)) > p.cumsum(axis=1)).sum(axis=1).clip(0, classes - 1)
    wrong = r.random(n) < slips
    y[wrong] = (y[wrong] + r.integers(1, classes, wrong.sum())) % classes
    return Calibration(1 / sharpness).apply(p), y


def calibration_error(p, y):
    """Return the expected calibration error as it is measured of a model."""
    names = [str(one) for one in range(p.shape[1])]
    return next(one.value for one in measure(p, y, classes=names) if one.name == "ece")


def test_the_power_that_was_put_in_is_found():
    for sharpness in (0.5, 2.0):
        assert abs(np.log(fit(*scores(sharpness=sharpness)).sharpness / sharpness)) < 0.15


def test_calibration_takes_away_most_of_the_error_of_overconfidence():
    p, y = scores(sharpness=0.4)
    fresh, truth = scores(sharpness=0.4, seed=1)
    before, after = calibration_error(fresh, truth), calibration_error(fit(p, y).apply(fresh), truth)
    assert before > 0.1
    assert after < 0.035


def test_what_is_right_already_is_hardly_changed():
    p, y = scores()
    assert abs(np.log(fit(p, y).sharpness)) < 0.1


def test_few_labels_change_nothing():
    p, y = scores(20, sharpness=0.3)
    assert fit(p, y, most_noise=0.05) == Calibration(1.0, 0.0)


def test_slips_of_people_are_told_from_overconfidence():
    p, y = scores(slips=0.04, spread=0.12)
    assert fit(p, y).sharpness < 0.9
    found = fit(p, y, most_noise=0.1)
    assert abs(np.log(found.sharpness)) < 0.15
    assert 0.02 <= found.label_noise <= 0.06


def test_a_poor_model_calls_no_label_a_slip():
    r = np.random.default_rng(0)
    p = r.dirichlet(np.full(4, 0.05), 500)
    assert fit(p, r.integers(0, 4, 500), most_noise=0.05).label_noise == 0


def test_trust_falls_where_a_sure_prediction_is_contradicted():
    p = np.array([[0.99, 0.01], [0.99, 0.01], [0.5, 0.5]])
    found = trust(Calibration(1.0, 0.03), p, np.array([0, 1, 1]))
    assert found[0] > 0.99
    assert found[1] < 0.3
    assert found[2] == np.float64(0.97 * 0.5 / (0.5 + 1e-12))


def test_weights_count_as_repetitions():
    p, y = scores(400, sharpness=0.5)
    twice = np.where(np.arange(400) < 200, 2.0, 1.0)
    rows = np.concatenate([np.arange(400), np.arange(200)])
    weighed = log_loss(Calibration(2.0, 0.01), p, y, twice)
    assert abs(weighed - log_loss(Calibration(2.0, 0.01), p[rows], y[rows], np.ones(600))) < 1e-9


@settings(max_examples=30, deadline=None)
@given(st.floats(0.05, 20), st.integers(0, 100))
def test_applying_keeps_sums_and_the_likeliest_label(sharpness, seed):
    p, _ = scores(50, seed=seed)
    applied = Calibration(sharpness).apply(p)
    np.testing.assert_allclose(applied.sum(axis=1), 1)
    assert (applied.argmax(axis=1) == p.argmax(axis=1)).all()
