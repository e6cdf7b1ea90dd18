"""Consensus on real crowds whose truth is known."""

import numpy as np
import pytest

from bench import crowd
from bench.consensus import by_chance, cheapest, walked
from labeling.consensus.choosing import aggregate
from labeling.consensus.votes import UNKNOWN


def read(name):
    if name not in crowd.names():
        pytest.skip(f"../shared/data/{name} is not here: it holds the real votes")
    return crowd.read(name)


@pytest.mark.parametrize(
    ("name", "majority", "ours"),
    [
        ("crowd_cf", 0.8822, 0.8867),
        ("crowd_sp_amt", 0.943, 0.946),
        ("crowd_zencrowd_us", 0.8605, 0.901),
    ],
)
def test_consensus_of_all_votes_is_no_worse_than_the_majority(name, majority, ours):
    one = read(name)
    assert by_chance(one.votes, one.truth) == pytest.approx(majority, abs=5e-4)
    # An answer or two may go either way where machines round differently.
    assert (aggregate(one.votes).answers == one.truth).mean() == pytest.approx(ours, abs=0.005)


def test_confusions_that_people_who_err_together_mislead_are_not_chosen():
    one = read("crowd_zencrowd_us")
    found = aggregate(one.votes)
    assert found.method == "one_coin"
    assert list(found.agreement) == ["dawid_skene", "one_coin", "majority"]


def test_gold_counts_for_those_it_is_known_of_and_the_rest_stay_right():
    one = read("crowd_zencrowd_us")
    gold = np.where(np.arange(one.votes.items) % 10 == 0, one.truth, UNKNOWN)
    found = aggregate(one.votes, gold=gold)
    assert (found.answers[::10] == one.truth[::10]).all()
    assert (found.answers == one.truth)[gold == UNKNOWN].mean() > 0.89


@pytest.mark.parametrize("name", ["crowd_sp_amt", "crowd_zencrowd_us"])
def test_adaptive_redundancy_is_as_right_as_three_votes_with_at_most_2_3(name):
    one = read(name)
    three = by_chance(crowd.at_most(one.votes, 3, np.random.default_rng(0)), one.truth)
    walk = {}
    for tau in (0.9, 0.97):
        votes, right = walked(one, tau, np.random.default_rng(0))
        walk[str(tau)] = {"votes": votes, "accuracy": right}
    assert cheapest(walk, three - 0.005) <= 2.3
