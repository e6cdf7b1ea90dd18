"""A committee's scores equal their definitions, however many members and classes there are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.sampling.committee import mean_kl_scores, vote_entropy_scores


def members(count, rows=50, classes=4, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(classes), (count, rows)).astype(np.float32)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 6), st.integers(2, 5), st.integers(0, 99))
def test_vote_entropy_equals_its_textbook_formula(count, classes, seed):
    given_ = members(count, 40, classes, seed)
    shares = np.eye(classes)[given_.argmax(axis=2)].mean(axis=0)
    entropies = -(shares * np.log(np.where(shares > 0, shares, 1))).sum(axis=1)
    expected = entropies / np.log(min(count, classes))
    np.testing.assert_allclose(vote_entropy_scores(given_), expected, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 6), st.integers(2, 5), st.integers(0, 99))
def test_mean_kl_equals_the_mean_divergence_from_the_consensus(count, classes, seed):
    given_ = members(count, 40, classes, seed).astype(np.float64)
    divergences = (given_ * np.log(given_ / given_.mean(axis=0))).sum(axis=2).mean(axis=0)
    np.testing.assert_allclose(mean_kl_scores(given_), divergences / np.log(count), atol=1e-5)


def test_members_that_agree_have_no_doubt_and_those_sure_of_unlike_labels_have_all():
    given_ = np.array([[[1, 0], [1, 0]], [[1, 0], [0, 1]]], np.float32)
    assert vote_entropy_scores(given_).round(5).tolist() == [0, 1]
    assert mean_kl_scores(given_).round(5).tolist() == [0, 1]


@pytest.mark.parametrize("score", [vote_entropy_scores, mean_kl_scores])
def test_a_member_that_is_not_finite_is_refused(score):
    given_ = members(3)
    given_[1, 7, 0] = np.nan
    with pytest.raises(ValueError, match="finite"):
        score(given_)
