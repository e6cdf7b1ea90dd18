"""Choosing what is alike to a query and diverse; near-duplicates and their groups."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labeling.alike.diverse import RELEVANCE, TWIN, close, groups, spread

PAIRS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda pair: pair[0] < pair[1]))


def unit(seed: int, count: int, width: int = 4) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def by_definition(likeness, among, count):
    """Maximal marginal relevance as its paper writes it, one candidate at a time."""
    chosen, left = [], list(range(len(likeness)))
    while left and len(chosen) < count:
        best = max(
            left,
            key=lambda i: RELEVANCE * likeness[i] - (1 - RELEVANCE) * max([0, *among[i, chosen]]),
        )
        chosen.append(best)
        left = [i for i in left if i != best and among[i, best] <= TWIN]
    return chosen


@given(st.integers(0, 999), st.integers(1, 30), st.integers(1, 10))
def test_it_chooses_what_the_definition_chooses(seed, count, wanted):
    vectors, query = unit(seed, count), unit(seed + 1000, 1)[0]
    likeness = vectors @ query
    found = spread(likeness, vectors, wanted)
    assert set(found) == set(by_definition(likeness, vectors @ vectors.T, wanted))
    assert list(likeness[found]) == sorted(likeness[found], reverse=True)


def test_of_twins_only_the_one_most_alike_is_left():
    vectors = np.array([[1, 0], [0.999, 0.0447], [0, 1]], np.float32)
    assert spread(np.array([0.8, 0.82, 0.6], np.float32), vectors, 3) == [1, 2]


def test_what_is_close_is_found_across_chunks():
    vectors = unit(0, 1200, 64)
    vectors[1100] = vectors[3]
    assert [(i, j) for i, j, _ in close(vectors, TWIN)] == [(3, 1100)]


@given(PAIRS)
def test_groups_are_what_pairs_connect(pairs):
    found = groups(pairs)
    place = {one: number for number, group in enumerate(found) for one in group}
    assert sorted(place) == sorted({one for pair in pairs for one in pair})
    assert len(place) == sum(len(group) for group in found)
    assert all(place[a] == place[b] for a, b in pairs)
    assert len(found) == len(place) - len(spanning(pairs))


def spanning(pairs):
    """Return the pairs of a spanning forest: those that join what was not joined before."""
    joined, kept = [], []
    for a, b in pairs:
        hit = [group for group in joined if a in group or b in group]
        if not any(a in group and b in group for group in hit):
            kept.append((a, b))
        joined = [group for group in joined if group not in hit] + [set().union({a, b}, *hit)]
    return kept
