"""Permutation statistics against what scipy computes of the true division."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency, false_discovery_control, ks_2samp

from learning.drift.inputs import column, fields, waves
from learning.drift.shuffles import Shuffles, chi_squared, largest_gap
from learning.drift.verdict import benjamini_hochberg


def test_the_largest_gap_is_that_of_kolmogorov_and_smirnov_with_ties():
    values = np.random.default_rng(0).beta(5, 1, 500).round(2)
    shuffles = Shuffles.draw(300, 200, count=5)
    expected = ks_2samp(values[:300], values[300:]).statistic
    assert largest_gap(values, shuffles)[0] == pytest.approx(expected, abs=1e-6)


def test_chi_squared_is_pearsons():
    classes = np.random.default_rng(1).integers(0, 6, 500)
    table = [np.bincount(classes[:300], minlength=6), np.bincount(classes[300:], minlength=6)]
    found = chi_squared(classes, Shuffles.draw(300, 200, count=5))[0]
    assert found == pytest.approx(chi2_contingency(table, correction=False).statistic, rel=1e-4)


def test_every_division_has_as_many_new_rows_and_each_row_is_as_often_new():
    shuffles = Shuffles.draw(30, 10, count=4_000)
    assert set(shuffles.masks.sum(axis=1)) == {10}
    assert shuffles.masks[1:].mean(axis=0) == pytest.approx(np.full(40, 0.25), abs=0.04)


def test_the_p_value_counts_the_true_division_itself():
    shuffles = Shuffles.draw(5, 5, count=3)
    assert shuffles.p_value(np.array([4.0, 1.0, 2.0, 4.0])) == 0.5


def test_adjusted_p_values_are_those_of_scipy():
    p_values = np.array([0.04, 0.001, 0.2, 0.011])
    assert benjamini_hochberg(p_values) == pytest.approx(false_discovery_control(p_values))


def test_waves_are_near_a_gaussian_kernel_of_the_median_distance():
    rows = np.random.default_rng(2).normal(size=(60, 3))
    apart = np.linalg.norm(rows[:, None] - rows, axis=2)
    width = np.median(apart[np.triu_indices(60, 1)])
    found = waves(rows, count=20_000)
    assert found @ found.T == pytest.approx(np.exp(-np.square(apart / width) / 2), abs=0.05)


def test_fields_are_binned_by_tenths_or_by_value_and_a_missing_one_is_a_bin():
    numbers = column("amount", [*range(20), None])
    assert (len(numbers.names), numbers.names[0], numbers.names[-1]) == (11, "up to 1.9", "(none)")
    assert np.bincount(numbers.codes).tolist() == [2] * 10 + [1]
    assert column("country", ["de", "at", None, "de"]).names == ("(none)", "at", "de")
    assert column("country", ["de", "de"]) is None


def test_fields_are_the_length_the_features_and_the_plans_paths():
    payload = {"text": "abc", "features": [1.5, 2], "price": {"total": 3}}
    found = fields(payload, {"tags": ["x"]}, ["payload.price.total", "context.tags", "context.none"])
    assert found == {
        "length of text": 3,
        "feature 0": 1.5,
        "feature 1": 2,
        "payload.price.total": 3,
        "context.tags": None,
        "context.none": None,
    }


def test_numbers_of_any_size_are_put_in_bins():
    found = [fields({"features": [10**400, -(10**400), number]}, {}, []) for number in range(20)]
    assert {one["feature 0"] for one in found} == {1e300}
    values = [one[f"feature {place}"] for one in found for place in range(3)]
    names = column("any", values).names
    assert (names[0], names[-1]) == ("up to -1e+300", "15.4 to 1e+300")
