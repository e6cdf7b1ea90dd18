"""How unsure predictions are, against values worked out by hand."""

import math

import pytest

from routing.uncertainty import entropy, mean_kl_to_consensus, normalised

SPLIT = [0.62, 0.38, 0.0, 0.0]


def test_entropy_is_in_nats_and_safe_with_zero():
    found = [entropy(shares) for shares in ([0.25] * 4, [1.0, 0.0], SPLIT)]
    assert found == pytest.approx([math.log(4), 0.0, 0.6640641265])


def test_mean_kl_to_consensus_is_the_mean_divergence_to_the_mean():
    members = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]]
    mean = [sum(column) / 3 for column in zip(*members, strict=True)]
    divergences = [sum(p * math.log(p / q) for p, q in zip(member, mean, strict=True)) for member in members]
    assert mean_kl_to_consensus(members) == pytest.approx(sum(divergences) / 3)


def test_members_that_are_sure_of_different_classes_are_apart_by_the_log_of_their_number():
    assert mean_kl_to_consensus([[1, 0, 0], [0, 1, 0], [0, 0, 1]]) == pytest.approx(math.log(3))
    assert mean_kl_to_consensus([SPLIT, SPLIT]) == 0.0


def test_shares_are_brought_to_one():
    assert normalised([1, 3]) == [0.25, 0.75]
