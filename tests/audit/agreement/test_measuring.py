"""Agreement over classes: published examples, the kappa paradox, weights, and what cannot be told."""

import numpy as np
import pytest

from audit.agreement import Agreement, measure, numbers, ratio, specific
from audit.agreement.distances import interval, linear, ordinal, quadratic
from tests.audit.agreement.examples import DIAGNOSES, OBSERVED, of_two


def value(counts, name, **given):
    return measure(counts, [name], **given)[name].value


def test_krippendorffs_example_has_his_numbers():
    found = [
        value(OBSERVED, "alpha"),
        value(OBSERVED, "alpha", distance=ordinal(OBSERVED)),
        value(OBSERVED, "alpha", distance=interval([1, 2, 3, 4, 5])),
    ]
    assert found == pytest.approx([0.743421, 0.815388, 0.849107], abs=1e-6)


def test_gwets_example_has_his_numbers():
    found = [value(OBSERVED, name) for name in ("percent", "ac1", "fleiss", "alpha")]
    assert found == pytest.approx([0.818182, 0.775444, 0.761169, 0.743421], abs=1e-6)


def test_fleiss_example_has_his_number():
    assert DIAGNOSES.sum(axis=0).tolist() == [26, 26, 30, 55, 43]
    assert value(DIAGNOSES, "percent") == pytest.approx(0.556, abs=5e-4)
    assert value(DIAGNOSES, "fleiss") == pytest.approx(0.430, abs=5e-4)


@pytest.mark.parametrize(
    ("prevalence", "kappa", "ac1"),
    [(0.5, 0.80, 0.80), (0.1, 0.61, 0.88), (0.05, 0.43, 0.88), (0.02, 0.25, 0.89)],
)
def test_the_paradox_people_as_good_as_before_have_a_lower_kappa(prevalence, kappa, ac1):
    # As simulated before: two people who are right in 95 %.
    found = measure(of_two(prevalence))
    values = [found[name].value for name in ("percent", "fleiss", "alpha", "ac1")]
    assert values == pytest.approx([0.905, kappa, kappa, ac1], abs=0.02)


def test_classes_in_order_that_lie_near_count_as_half_agreed():
    counts = np.array([[1, 1, 0], [2, 0, 0], [0, 0, 2]])
    assert value(counts, "percent", distance=linear(3)) == pytest.approx(1 - 0.5 / 3)
    assert value(counts, "percent", distance=quadratic(3)) == pytest.approx(1 - 0.25 / 3)


def test_a_unit_drawn_seldom_stands_for_many():
    counts = np.array([[2, 0], [1, 1]])
    assert value(counts, "percent", weights=[1, 4]) == pytest.approx(1 / 5)


def test_answers_alone_say_nothing():
    assert measure(np.array([[1, 0], [0, 1]]), ["alpha"]) == {"alpha": Agreement(None, None, None, 0)}


def test_with_one_class_there_is_no_chance_to_beat():
    found = measure(np.array([[2, 0]] * 9))
    assert (found["percent"].value, found["alpha"].value, found["ac1"].value) == (1.0, None, 1.0)


def test_nobody_differing_so_far_is_no_proof_that_nobody_will():
    found = measure(np.array([[2, 0], [0, 2]] * 50))
    assert (found["percent"].value, found["percent"].high) == (1.0, 1.0)
    assert found["percent"].low == pytest.approx(0.963, abs=1e-3)
    assert found["alpha"].low == pytest.approx(0.926, abs=1e-2)


def test_a_share_that_nobody_differed_in_has_wilsons_lower_end_too():
    ends = 40 / (40 + 1.959964**2)
    assert ratio(np.ones(40), np.ones(40)).low == pytest.approx(ends)
    assert specific(np.array([[2, 0]] * 40), np.full(40, 2))[0].low == pytest.approx(ends)


@pytest.mark.parametrize("scale", [1.0, 1_000.0])
def test_numbers_nobody_differed_in_are_judged_alike_in_any_unit(scale):
    found = numbers(np.repeat(np.arange(40), 2), np.repeat(np.arange(40), 2) * scale)
    assert found.low == pytest.approx(1 - 1.959964**2 / (40 + 1.959964**2), abs=0.01)


@pytest.mark.parametrize("same", [0.8, 0.9, 0.97])
def test_the_interval_of_a_share_of_few_items_holds_the_truth_nearly_always(same):
    rng = np.random.default_rng(3)
    found = [ratio((rng.random(30) < same).astype(float), np.ones(30), seed=n) for n in range(300)]
    assert sum(one.low <= same <= one.high for one in found) > 0.92 * 300


def test_the_interval_is_the_same_each_time_and_narrows_with_the_units():
    few, many = of_two(0.3, units=100), of_two(0.3, units=10_000)
    first, again, later = (measure(one, ["alpha"])["alpha"] for one in (few, few, many))
    assert first == again
    assert (first.high - first.low) / (later.high - later.low) == pytest.approx(10, rel=0.3)


def test_specific_agreement_of_two_people_is_twice_both_by_all_they_said():
    found = specific(np.array([[2, 0]] * 6 + [[1, 1]] * 4 + [[0, 2]] * 10), np.full(20, 2))
    assert [one.value for one in found] == pytest.approx([12 / 16, 20 / 24])
    assert [one.units for one in found] == [10, 14]


def test_no_table_is_refused():
    with pytest.raises(ValueError, match="table of numbers"):
        measure(np.array([[-1, 3]]))
