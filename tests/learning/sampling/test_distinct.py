"""Near-copies of a pick are not picked with it while anything else is left."""

import numpy as np
import pytest

from learning.sampling import STRATEGIES, Pool, pick
from learning.sampling.strategies import SPREAD


def twins(strategy, k=20):
    """Return how many of 40 unlike items are among `k` picks, where each is there five times."""
    r = np.random.default_rng(0)
    which = np.repeat(np.arange(40), 5)
    p, rows = r.dirichlet(np.ones(3), 40)[which].astype(np.float32), r.normal(size=(40, 6))[which]
    pool = Pool(
        probabilities=p,
        embeddings=(rows + r.normal(size=rows.shape) * 1e-3).astype(np.float32),
        labelled=r.normal(size=(30, 6)).astype(np.float32),
        members=np.stack([p, np.roll(p, 1, axis=1)]),
        given=p[:, 0],
        labels=r.integers(0, 3, 30),
        wrong=r.random(30),
    )
    picks = pick(strategy, pool, k, rng=np.random.default_rng(1))
    assert len(set(picks.indices.tolist())) == k
    return len(set(which[picks.indices].tolist()))


@pytest.mark.parametrize("strategy", sorted(set(STRATEGIES) - SPREAD))
def test_a_batch_holds_no_two_copies(strategy):
    assert twins(strategy) == 20


@pytest.mark.parametrize("strategy", ["margin", "badge", "k_means"])
def test_copies_fill_up_when_nothing_else_is_left(strategy):
    assert twins(strategy, 60) == 40


def test_what_took_the_place_of_a_copy_is_the_next_best():
    p = np.array([[0.5, 0.5], [0.5, 0.5], [0.6, 0.4], [0.9, 0.1]], np.float32)
    rows = np.array([[0.0, 0], [0, 0], [5, 0], [0, 5]], np.float32)
    picks = pick("margin", Pool(p, rows), 3, rng=np.random.default_rng(0))
    assert sorted(picks.indices.tolist())[1:] == [2, 3]
    assert picks.indices[1:].tolist() == [2, 3]


def test_without_embeddings_nothing_is_replaced():
    picks = pick("margin", Pool(np.full((6, 2), 0.5, np.float32)), 3, rng=np.random.default_rng(0))
    assert len(set(picks.indices.tolist())) == 3
