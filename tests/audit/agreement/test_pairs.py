"""Cohen's kappa: published examples, and what is no table."""

import numpy as np
import pytest

from audit.agreement import Agreement, cohen, mcnemar
from audit.agreement.distances import linear, quadratic
from tests.audit.agreement.examples import HOW_BAD, TWO_JUDGES


def test_cohens_examples_have_his_numbers():
    assert cohen(TWO_JUDGES).value == pytest.approx(0.492, abs=5e-4)
    assert cohen(TWO_JUDGES, distance=HOW_BAD).value == pytest.approx(0.348, abs=5e-4)


def test_weights_of_steps_are_those_of_the_textbooks():
    table = np.array([[10, 5, 0], [2, 20, 3], [1, 4, 15]])
    shares = table / 60
    for apart in (linear(3), quadratic(3)):
        expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
        assert cohen(table, distance=apart).value == pytest.approx(
            1 - (shares * apart).sum() / (expected * apart).sum()
        )


def test_the_interval_is_about_that_of_the_formula():
    found = cohen(TWO_JUDGES)
    half = 1.96 * np.sqrt(0.70 * 0.30 / (200 * 0.59**2))  # Cohen (1960), formula 7
    assert (found.low, found.high) == pytest.approx((0.492 - half, 0.492 + half), abs=0.02)


def test_two_people_without_a_common_item_have_none():
    assert cohen(np.zeros((2, 2))) == Agreement(None, None, None, 0)


def test_what_is_no_square_is_refused():
    with pytest.raises(ValueError, match="square"):
        cohen(np.ones((2, 3)))


@pytest.mark.parametrize(
    ("more", "less", "chance"), [(9, 1, 0.021484), (5, 5, 1.0), (0, 0, 1.0), (600, 500, 0.002836)]
)
def test_mcnemars_test_is_the_sign_test_of_the_differing(more, less, chance):
    assert mcnemar(more, less) == mcnemar(less, more) == pytest.approx(chance, abs=1e-6)
