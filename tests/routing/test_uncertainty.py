"""How unsure predictions are, against values worked out by hand."""

import numpy as np
import pytest

from routing import uncertainty

EVEN, SURE, SPLIT = [0.25] * 4, [1.0, 0.0, 0.0, 0.0], [0.62, 0.38, 0.0, 0.0]


def test_entropy_is_in_nats_and_safe_with_zero():
    assert uncertainty.entropy([EVEN, SURE, SPLIT]) == pytest.approx([np.log(4), 0.0, 0.6640641265])


def test_normalised_entropy_runs_from_zero_to_one():
    assert uncertainty.normalised_entropy([EVEN, SURE]) == pytest.approx([1.0, 0.0])
    assert uncertainty.normalised_entropy([[1.0]]).tolist() == [0.0]


def test_least_confidence_and_margin():
    assert uncertainty.least_confidence([EVEN, SURE, SPLIT]) == pytest.approx([0.75, 0.0, 0.38])
    assert uncertainty.margin_uncertainty([EVEN, SURE, SPLIT]) == pytest.approx([1.0, 0.0, 0.76])
    assert uncertainty.margin_uncertainty([[0.9]]) == pytest.approx([0.1])


def test_vote_entropy_counts_how_votes_are_spread():
    votes = [[1, 1, 1, 1], [1, 1, 2, 2], [1, 2, 3, 4], [7, 7, 7, 2]]
    quarter = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    assert uncertainty.vote_entropy(votes) == pytest.approx([0.0, np.log(2), np.log(4), quarter])


def test_mean_kl_to_consensus_is_the_mean_divergence_to_the_mean():
    rng = np.random.default_rng(3)
    members = rng.dirichlet([0.5] * 5, size=(4, 30))
    mean = members.mean(axis=0)
    divergence = (members * np.log(members / mean)).sum(axis=2).mean(axis=0)
    assert uncertainty.mean_kl_to_consensus(members) == pytest.approx(divergence)


def test_members_that_are_sure_of_different_classes_are_apart_by_the_log_of_their_number():
    assert uncertainty.mean_kl_to_consensus([[[1, 0, 0]], [[0, 1, 0]], [[0, 0, 1]]]) == pytest.approx(
        [np.log(3)]
    )
    assert uncertainty.mean_kl_to_consensus([[SPLIT], [SPLIT]]).tolist() == [0.0]


def test_no_rows_are_no_answers():
    assert uncertainty.entropy(np.empty((0, 3))).shape == (0,)
    assert uncertainty.margin_uncertainty(np.empty((0, 3))).shape == (0,)
