"""Ensembles: members learn from resampled labels, are averaged, and can be asked one by one."""

import numpy as np
import pytest

from learning.encoders import fit_encoder
from learning.learners.artifacts import Model, load, save
from learning.learners.catalogue import LEARNERS
from learning.learners.predictors import softmax
from learning.learners.training import fit
from tests.learning.digits import NAMES, digits

TEXTS = [{"text": f"{word} number {i}"} for i, word in enumerate(["lost card", "new pin"] * 15)]
LABELS = ["card", "pin"] * 15


def an_ensemble(learner):
    encoder = fit_encoder("text", TEXTS)
    dense = LEARNERS[learner].dense
    rows = encoder.embed(TEXTS) if dense else encoder.encode(TEXTS)
    fitted = fit(learner, rows, LABELS, classes=("card", "pin"), ensemble=3)
    return Model(encoder, fitted.predictor, fitted.calibration, fitted.classes, learner, dense)


@pytest.mark.parametrize("learner", sorted(LEARNERS))
def test_a_stored_ensemble_predicts_the_mean_of_its_members(learner):
    model = load(save(an_ensemble(learner)))
    members = model.committee()
    said = [softmax(np.asarray(one.predictor.logits(model_rows(model)), np.float64)) for one in members]
    together = softmax(model.predictor.logits(model_rows(model)))
    np.testing.assert_allclose(together, np.mean(said, axis=0), atol=1e-9)
    assert len(members) == 3
    first, second = (
        np.concatenate([a.ravel() for a in one.predictor.state().values()]) for one in members[:2]
    )
    assert not np.array_equal(first, second)


def model_rows(model):
    return model.encoder.embed(TEXTS) if model.dense else model.encoder.encode(TEXTS)


def test_a_model_that_is_no_ensemble_is_its_own_committee():
    encoder = fit_encoder("text", TEXTS)
    fitted = fit("linear", encoder.encode(TEXTS), LABELS, classes=("card", "pin"))
    model = Model(encoder, fitted.predictor, fitted.calibration, fitted.classes, "linear", False)
    assert model.committee() == [model]


def test_a_lift_that_all_members_share_is_stored_once():
    _, encoder, rows, truth, _, train, _ = digits()
    labels = [NAMES[i] for i in truth[train[:200]]]
    fitted = fit("linear", rows[train[:200]], labels, classes=NAMES, ensemble=2)
    assert fitted.setting.startswith("kernel")
    model = Model(encoder, fitted.predictor, fitted.calibration, fitted.classes, "linear", False)
    names = set(model.predictor.state())
    assert names == {"lift", "phases", "linear0.weights", "linear0.bias", "linear1.weights", "linear1.bias"}
    again = load(save(model)).predictor
    np.testing.assert_allclose(again.logits(rows[:5]), model.predictor.logits(rows[:5]), rtol=1e-6)


def test_an_ensemble_of_networks_is_surer_of_digits_than_one():
    _, _, rows, truth, _, train, held = digits(noise=0.0)
    labels = [NAMES[i] for i in truth[train[:150]]]
    given = []
    for members in (1, 5):
        fitted = fit("mlp", rows[train[:150]], labels, classes=NAMES, ensemble=members)
        said = fitted.predict_proba(rows[held])[np.arange(len(held)), truth[held]]
        given.append(np.log(said).mean())
    assert given[1] > given[0]
