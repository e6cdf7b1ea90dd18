"""Learners learn, tell what they know, survive wrong labels, and refuse what can't be learnt."""

import numpy as np
import pytest

from learning.encoders import fit_encoder
from learning.judging.evaluation import automation
from learning.learners import linear, mlp
from learning.learners.calibration import Calibration
from learning.learners.catalogue import LEARNERS
from learning.learners.predictors import softmax
from learning.learners.training import TooFewLabels, fit
from tests.learning.digits import NAMES, digits


def blobs(n=120, seed=0):
    r = np.random.default_rng(seed)
    y = r.integers(0, 3, n)
    rows = np.array([[0, 0], [6, 0], [0, 6]])[y] + r.normal(size=(n, 2))
    return rows.astype(np.float32), ["abc"[i] for i in y]


def test_digits_with_wrong_labels_are_learnt_and_mostly_automated():
    _, _, rows, truth, given, train, held = digits()
    fitted = fit("linear", rows[train[:400]], [NAMES[i] for i in given[train[:400]]], classes=NAMES)
    probabilities = fitted.predict_proba(rows[held])
    share, right = automation(probabilities, truth[held], 0.95)
    assert (probabilities.argmax(axis=1) == truth[held]).mean() >= 0.94
    assert share >= 0.75
    assert right >= 0.985


def test_the_share_of_mistaken_labels_is_found_and_their_lessons_left_out():
    _, _, rows, truth, given, train, held = digits(noise=0.05)
    labels = [NAMES[i] for i in given[train[:600]]]
    right = []
    for most in (0.0, 0.1):
        fitted = fit("linear", rows[train[:600]], labels, classes=NAMES, most_noise=most)
        right.append(fitted.predict_proba(rows[held])[np.arange(len(held)), truth[held]].mean())
    assert 0.02 <= fitted.calibration.label_noise <= 0.08
    assert right[1] > right[0]


def test_the_network_learns_digits_too():
    _, _, rows, truth, given, train, held = digits()
    fitted = fit("mlp", rows[train[:120]], [NAMES[i] for i in given[train[:120]]], classes=NAMES)
    assert (fitted.predict_proba(rows[held]).argmax(axis=1) == truth[held]).mean() >= 0.85


@pytest.mark.parametrize("learner", sorted(LEARNERS))
def test_the_same_seed_gives_the_same_model(learner):
    rows, labels = blobs(60)
    first, second = (fit(learner, rows, labels, classes="abc", seed=4).predict_proba(rows) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("learner", sorted(LEARNERS))
def test_a_class_without_labels_keeps_its_column_and_little_probability(learner):
    rows, labels = blobs()
    probabilities = fit(learner, rows, labels, classes=["never", "a", "b", "c"]).predict_proba(rows)
    assert probabilities.shape == (len(rows), 4)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert probabilities[:, 0].mean() < 0.05


@pytest.mark.parametrize("learner", sorted(LEARNERS))
def test_two_labels_of_two_classes_are_enough_to_start(learner):
    rows = np.array([[0.0, 0], [9, 9]], np.float32)
    fitted = fit(learner, rows, ["a", "b"], classes="ab")
    assert fitted.calibration == Calibration()
    assert fitted.predict_proba(rows).argmax(axis=1).tolist() == [0, 1]


@pytest.mark.parametrize("learner", sorted(LEARNERS))
@pytest.mark.parametrize(("labels", "weights"), [(["a"] * 5, None), (list("aabab"), [1, 1, 0, 1, 0])])
def test_one_class_alone_is_too_few(learner, labels, weights):
    with pytest.raises(TooFewLabels, match="two classes are needed"):
        fit(learner, np.eye(5, dtype=np.float32), labels, weights, classes="ab")


@pytest.mark.parametrize("learner", sorted(LEARNERS))
def test_a_label_of_weight_zero_teaches_nothing(learner):
    rows, labels = blobs(100)
    turned = [{"a": "b", "b": "c", "c": "a"}[label] for label in labels]
    weights = np.repeat([1.0, 0.0], 100)
    both = fit(
        learner, np.tile(rows, (2, 1)), labels + turned, weights, classes="abc", calibration_weights=weights
    )
    assert (both.predict_proba(rows).argmax(axis=1) == ["abc".index(label) for label in labels]).mean() > 0.9


def test_unknown_learners_labels_and_odd_weights_are_refused():
    rows, labels = blobs(10)
    for change, why in (
        ({"learner": "oracle"}, "unknown learner"),
        ({"labels": ["z"] * 10}, "labels that are no class: z"),
        ({"weights": np.full(10, np.nan)}, "weights must be 10 finite numbers"),
    ):
        with pytest.raises(ValueError, match=why):
            fit(**{"learner": "linear", "rows": rows, "labels": labels, "classes": "abc"} | change)


def test_the_arrays_of_a_linear_model_predict_what_scikit_learn_predicts():
    from sklearn.linear_model import LogisticRegression

    rows, labels = blobs()
    for kept in ("abc", "ab"):
        some = np.array([label in kept for label in labels])
        y = np.array(["abc".index(label) for label in labels])[some]
        model = LogisticRegression().fit(rows[some], y)
        ours = softmax(linear.export(model, len(kept)).logits(rows[some]))
        np.testing.assert_allclose(ours, model.predict_proba(rows[some]), atol=1e-5)


def test_the_arrays_of_a_network_predict_what_torch_predicts():
    import torch

    net = mlp.network(2, 3).eval()
    rows, _ = blobs()
    with torch.no_grad():
        theirs = torch.softmax(net(torch.from_numpy(rows)), dim=1).numpy()
    np.testing.assert_allclose(softmax(mlp.export(net).logits(rows)), theirs, atol=1e-5)


def test_sparse_rows_give_the_model_that_scikit_learn_finds_on_them():
    from sklearn.linear_model import LogisticRegression

    payloads = [{"text": f"{word} {i}"} for i, word in enumerate(["lost card", "new pin", "pay rise"] * 6)]
    rows = fit_encoder("text", payloads).encode(payloads)
    y = np.arange(18) % 3
    theirs = LogisticRegression(C=10, tol=1e-3).fit(rows, y).predict_proba(rows)
    setting = linear.settings(rows, y, 0)["C=10"]
    ours = setting.close(setting.fit(setting.inputs, y, np.ones(18), 3, 0))
    np.testing.assert_allclose(softmax(ours.logits(rows)), theirs, atol=1e-3)
