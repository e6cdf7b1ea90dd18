"""Metrics equal scikit-learn's, intervals hold, and the hash split stays put."""

import time
from itertools import pairwise

import numpy as np
import pytest
from sklearn import metrics as reference

from learning.judging.evaluation import automation, fairness_gap, macro_f1, measure, paired_difference


def said(n=500, classes=5, seed=0):
    r = np.random.default_rng(seed)
    p = r.dirichlet(np.full(classes, 0.3), n)
    return p, (r.random((n, 1)) > p.cumsum(axis=1)).sum(axis=1).clip(0, classes - 1)


def calibration_error(p, y, weights, bins=15):
    """Return the gap between confidence and accuracy over bins of equal mass, weighed by their mass."""
    top, right = p.max(axis=1), p.argmax(axis=1) == y
    found = np.linspace(0, len(y), bins + 1).astype(int)
    order = np.argsort(top, kind="stable")
    parts = [order[start:end] for start, end in pairwise(found)]
    gaps = [np.average(right[part] - top[part], weights=weights[part]) for part in parts]
    return np.average(np.abs(gaps), weights=[weights[part].sum() for part in parts])


def risk_coverage(p, y, weights):
    """Return the mean, over the items from the surest on, of the error rate up to each."""
    order = np.argsort(-p.max(axis=1), kind="stable")
    wrong, mass = p.argmax(axis=1)[order] != y[order], weights[order]
    rates = [np.average(wrong[: k + 1], weights=mass[: k + 1]) for k in range(len(y))]
    return np.average(rates, weights=mass)


def by_name(found):
    return {(m.name, m.slice): m for m in found}


def test_the_overall_metrics_equal_scikit_learns():
    p, y = said()
    weights = np.random.default_rng(1).uniform(0.5, 3, len(y))
    top = p.argmax(axis=1)
    expected = {
        "accuracy": reference.accuracy_score(y, top, sample_weight=weights),
        "macro_f1": reference.f1_score(y, top, average="macro", sample_weight=weights),
        "weighted_f1": reference.f1_score(y, top, average="weighted", sample_weight=weights),
        "log_loss": reference.log_loss(y, p, sample_weight=weights),
        "brier": np.average(np.square(p - np.eye(5)[y]).sum(axis=1), weights=weights),
        "ece_raw": calibration_error(p, y, weights),
        "aurc": risk_coverage(p, y, weights),
    }
    found = by_name(measure(p, y, classes="abcde", weights=weights))
    assert {name: found[name, "all"].value for name in expected} == pytest.approx(expected, rel=1e-4)


def test_recall_and_precision_equal_scikit_learns():
    p, y = said()
    found = by_name(measure(p, y, classes="abcde"))
    ours = [found["recall", f"class: {c}"].value for c in "abcde"]
    assert ours == pytest.approx(reference.recall_score(y, p.argmax(axis=1), average=None))
    ours = [found["precision", f"class: {c}"].value for c in "abcde"]
    assert ours == pytest.approx(reference.precision_score(y, p.argmax(axis=1), average=None))


def test_each_interval_holds_its_value():
    p, y = said()
    for metric in measure(p, y, classes="abcde", slices={"lang": np.where(y > 2, "en", "ar")}):
        if metric.name != "ece_raw":  # which has none
            assert metric.low <= metric.value <= metric.high, metric


def test_the_interval_of_accuracy_holds_the_truth_as_often_as_it_says():
    r = np.random.default_rng(0)
    held = 0
    for seed in range(100):
        right = r.random(200) < 0.8
        p = np.where(right[:, None], (0.9, 0.1), (0.1, 0.9))
        found = by_name(measure(p, np.zeros(200, int), classes="ab", seed=seed))["accuracy", "all"]
        held += found.low <= 0.8 <= found.high
    assert 89 <= held <= 100


def test_slices_and_the_long_tail_are_measured_apart():
    y = np.repeat([0, 1, 2], [96, 2, 2])
    p = np.eye(3)[np.repeat([0, 1, 0], [96, 2, 2])]
    found = by_name(measure(p, y, classes="abc", slices={"lang": np.where(y == 1, "ar", "en")}))
    assert (found["accuracy", "long tail"].value, found["accuracy", "long tail"].n) == (0.5, 4)
    assert (found["accuracy", "lang=ar"].value, found["accuracy", "lang=en"].n) == (1.0, 98)


def test_a_class_that_nobody_named_has_no_row():
    found = by_name(measure(np.eye(3)[[0, 1]], np.array([0, 1]), classes="abc"))
    assert ("recall", "class: c") not in found
    assert found["brier", "all"].low is None


def test_nothing_to_measure_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        measure(np.empty((0, 2)), np.empty(0, int), classes="ab")


def test_five_thousand_items_are_measured_within_two_seconds_of_processor_time():
    p, y = said(5000, 10)
    start = time.thread_time()
    measure(p, y, classes="abcdefghij")
    assert time.thread_time() - start < 2


def test_automation_counts_what_reaches_the_threshold():
    p = np.array([[0.95, 0.05], [0.1, 0.9], [0.6, 0.4], [0.02, 0.98]])
    assert automation(p, np.array([0, 0, 0, 0]), 0.95) == (0.5, 0.5)
    assert automation(p, np.array([0, 0, 0, 0]), 0.95, np.array([3.0, 1, 1, 1])) == (4 / 6, 0.75)
    assert automation(p, np.array([0, 0, 0, 0]), 0.99) == (0.0, None)


def test_the_difference_of_two_models_counts_pairs():
    y = np.zeros(100, int)
    right, wrong = (0.9, 0.1), (0.1, 0.9)
    old = np.array([right] * 60 + [wrong] * 40)
    new = np.array([wrong] * 5 + [right] * 75 + [wrong] * 20)
    found = paired_difference(old, new, y)
    assert (found.value, found.wins, found.losses, found.n) == (pytest.approx(0.15), 20, 5, 100)
    assert 0 < found.low < 0.15 < found.high


def test_two_models_that_never_differ_are_not_known_to_be_equal():
    p, y = said(50)
    found = paired_difference(p, p, y)
    assert found.low < 0 < found.high


def test_macro_f1_of_names_equals_scikit_learns():
    truth, guess = list("aabbccc"), list("abbbcca")
    assert macro_f1(guess, truth) == pytest.approx(reference.f1_score(truth, guess, average="macro"))


def test_the_gap_between_slices_names_the_worst_and_the_best():
    lang = np.repeat(["en", "ar", "fr", "xx"], [200, 200, 200, 5])
    right = np.concatenate([np.arange(200) < 180, np.arange(200) < 120, np.arange(200) < 160, np.zeros(5)])
    found = fairness_gap("lang", lang, right.astype(bool), np.ones(605))
    assert (found.slice, found.value, found.n) == ("lang: ar below en", pytest.approx(0.3), 600)
    assert 0.15 < found.low < 0.3 < found.high < 0.45
    assert fairness_gap("lang", lang[200:400], right[200:400], np.ones(200)) is None


def test_a_gap_of_chance_among_many_equal_slices_is_told_as_such():
    r = np.random.default_rng(0)
    lows = [
        fairness_gap("group", r.integers(0, 10, 600).astype(str), r.random(600) < 0.8, np.ones(600)).low
        for _ in range(100)
    ]
    assert sum(low > 0 for low in lows) <= 8
