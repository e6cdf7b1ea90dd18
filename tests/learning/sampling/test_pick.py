"""Sampling picks what it should, each once, best first, and the same for the same random state."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.sampling import STRATEGIES, Options, Pool, pick
from learning.sampling.diversity import squared_distances
from learning.sampling.uncertainty import best, entropy_scores, least_confidence_scores, margin_scores


def rng(seed=0):
    return np.random.default_rng(seed)


def a_pool(n=300, classes=5, labelled=40, seed=0):
    r = rng(seed)
    members = r.dirichlet(np.ones(classes), (3, n)).astype(np.float32)
    return Pool(
        probabilities=members[0],
        embeddings=r.normal(size=(n, 8)).astype(np.float32),
        labelled=r.normal(size=(labelled, 8)).astype(np.float32),
        members=members,
        given=r.random(n).astype(np.float32),
        labels=r.integers(0, classes, labelled),
        wrong=r.random(labelled).astype(np.float32),
    )


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(sorted(STRATEGIES)),
    st.integers(1, 40),
    st.integers(0, 60),
    st.integers(1, 30),
    st.integers(0, 9),
)
def test_every_strategy_picks_distinct_items_and_as_many_as_there_are(strategy, n, k, labelled, seed):
    picks = pick(strategy, a_pool(n, 3, labelled, seed), k, rng=rng(seed))
    assert len(set(picks.indices.tolist())) == len(picks.scores) == len(picks.reasons) == min(n, k)


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_the_same_random_state_gives_the_same_picks(strategy):
    first, second = (pick(strategy, a_pool(), 30, rng=rng(3)) for _ in range(2))
    assert first.indices.tolist() == second.indices.tolist()


@pytest.mark.parametrize("strategy", sorted(set(STRATEGIES) - {"typical"}))
def test_picks_come_best_first(strategy):
    scores = pick(strategy, a_pool(), 30, rng=rng()).scores
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


def test_scores_equal_their_textbook_formulas():
    p = a_pool(20_000).probabilities
    top = np.sort(p, axis=1)
    np.testing.assert_allclose(entropy_scores(p), -(p * np.log(p)).sum(1) / np.log(5), atol=1e-5)
    np.testing.assert_allclose(margin_scores(p), 1 - (top[:, -1] - top[:, -2]), atol=1e-6)
    np.testing.assert_allclose(least_confidence_scores(p), 1 - top[:, -1], atol=1e-6)


def test_a_certain_row_has_no_entropy_and_a_tie_has_all():
    assert entropy_scores(np.array([[1, 0, 0, 0], [0.25] * 4], np.float32)).round(6).tolist() == [0, 1]


@pytest.mark.parametrize("size", [1000, 300_000])
def test_the_best_are_those_that_sorting_finds(size):
    scores = rng().random(size).astype(np.float32)
    assert best(scores, 200, rng()).tolist() == np.argsort(-scores, kind="stable")[:200].tolist()


def test_the_best_of_a_few_great_among_equals_are_found():
    scores = np.zeros(300_000, np.float32)
    scores[[7, 299_999]] = 1
    assert set(best(scores, 3, rng()).tolist()) > {7, 299_999}


def test_ties_are_drawn_and_not_taken_by_place():
    drawn = np.concatenate([best(np.ones(100, np.float32), 10, rng(seed)) for seed in range(100)])
    assert np.bincount(drawn, minlength=100).min() >= 1


@pytest.mark.parametrize("strategy", ["entropy", "margin", "least_confidence", "hybrid", "adaptive"])
def test_probabilities_that_are_not_finite_are_refused(strategy):
    pool = a_pool()
    pool.probabilities[17, 2] = np.nan
    with pytest.raises(ValueError, match="finite"):
        pick(strategy, pool, 5, rng=rng())


@pytest.mark.parametrize("strategy", ["k_center", "hybrid", "adaptive"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_embeddings_that_are_not_finite_are_refused(strategy, value):
    pool = a_pool()
    pool.embeddings[17, 2] = value
    with pytest.raises(ValueError, match="finite"):
        pick(strategy, pool, 5, rng=rng())


def test_what_a_strategy_lacks_is_said():
    with pytest.raises(ValueError, match="needs the model's probabilities"):
        pick("margin", Pool(embeddings=np.zeros((3, 2), np.float32)), 1, rng=rng())
    with pytest.raises(ValueError, match="needs embeddings"):
        pick("k_center", Pool(np.full((3, 2), 0.5, np.float32)), 1, rng=rng())
    with pytest.raises(ValueError, match="unknown sampling strategy 'magic'"):
        pick("magic", a_pool(), 1, rng=rng())


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_each_pick_of_k_center_is_the_farthest_from_all_before(seed):
    r = rng(seed)
    # Tight clusters make the window grow, which is where an error would hide.
    rows = r.normal(size=(8, 6))[r.integers(0, 8, 6000)] * 5 + r.normal(size=(6000, 6)) * 0.1
    picks = pick("k_center", Pool(embeddings=rows, labelled=rows[:3]), 60, rng=rng(seed))
    known = squared_distances(rows, rows[:3]).min(axis=1)
    for index, distance in zip(picks.indices, picks.scores, strict=True):
        assert distance == pytest.approx(np.sqrt(known.max()), rel=1e-3)
        assert known[index] == pytest.approx(known.max(), rel=1e-3)
        known = np.minimum(known, squared_distances(rows, rows[index : index + 1])[:, 0])


def test_k_center_starts_anywhere_when_nothing_is_labelled():
    pool = Pool(embeddings=a_pool().embeddings)
    assert len({pick("k_center", pool, 1, rng=rng(seed)).indices[0] for seed in range(20)}) > 5


def test_hybrid_goes_by_distance_where_all_are_equally_unsure():
    pool = Pool(np.full((4, 2), 0.5), np.array([[0.0], [1], [5], [2]]), np.array([[0.0]]))
    assert pick("hybrid", pool, 1, rng=rng()).indices.tolist() == [2]


def test_hybrid_goes_by_uncertainty_where_all_lie_in_one_place():
    pool = Pool(np.array([[0.9, 0.1], [0.5, 0.5], [0.7, 0.3]]), np.ones((3, 2)), np.ones((1, 2)))
    assert pick("hybrid", pool, 3, rng=rng()).indices.tolist() == [1, 2, 0]


def test_adaptive_starts_with_one_typical_item_of_each_group():
    r = rng()
    centres = r.normal(size=(10, 4)) * 100
    rows = (np.repeat(centres, 50, axis=0) + r.normal(size=(500, 4))).astype(np.float32)
    picks = pick("adaptive", Pool(embeddings=rows), 10, rng=rng())
    assert len(set((picks.indices // 50).tolist())) >= 8
    assert picks.reasons[0].startswith("typical of a group of ")


def test_adaptive_takes_one_of_each_kind_of_doubt():
    unsure = np.full((1000, 2), (0.99, 0.01), np.float32)
    unsure[:60] = (0.5, 0.5)
    rows = np.zeros((1000, 2), np.float32)
    rows[:60] = np.repeat(np.array([[0, 50], [50, 0], [50, 50]], np.float32), 20, axis=0)
    rows += rng().normal(size=rows.shape).astype(np.float32) * 0.1
    pool = Pool(unsure, rows, rows[-30:])
    picks = pick("adaptive", pool, 3, rng=rng(), options=Options(spent=1.0))
    assert sorted((picks.indices // 20).tolist()) == [0, 1, 2]


def test_copies_of_one_item_do_not_break_any_strategy():
    ones, half = np.ones((50, 3), np.float32), np.full((2, 50, 2), 0.5, np.float32)
    known = {"labelled": ones[:30], "labels": np.zeros(30, np.intp), "wrong": np.ones(30)}
    pool = Pool(half[0], ones, members=half, given=np.ones(50), **known)
    for strategy in STRATEGIES:
        assert len(set(pick(strategy, pool, 20, rng=rng()).indices.tolist())) == 20


@pytest.mark.parametrize("strategy", ["k_center", "k_means", "k_means_plus_plus", "typical", "hybrid"])
def test_what_goes_by_embeddings_alone_needs_nothing_labelled(strategy):
    whole = a_pool()
    pool = Pool(whole.probabilities, whole.embeddings)
    assert len(set(pick(strategy, pool, 30, rng=rng()).indices.tolist())) == 30
