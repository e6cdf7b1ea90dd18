"""BADGE by rejection draws as k-means++ does over gradients that are built in full."""

import numpy as np
import pytest

from learning.sampling.badge import badge


def world(n=40, classes=3, columns=4, seed=0):
    r = np.random.default_rng(seed)
    return r.dirichlet(np.ones(classes), n).astype(np.float32), r.normal(size=(n, columns)).astype(np.float32)


def gradients(p, x):
    q = p.copy()
    q[np.arange(len(p)), p.argmax(axis=1)] -= 1
    return (q[:, :, None] * x[:, None, :]).reshape(len(p), -1)


def test_it_starts_with_the_longest_gradient_and_gives_the_lengths():
    p, x = world()
    indices, lengths = badge(p, x, 5, np.random.default_rng(0))
    norms = np.linalg.norm(gradients(p, x), axis=1)
    np.testing.assert_allclose(lengths, norms[indices], rtol=1e-4)
    assert indices[0] == norms.argmax()


def test_the_second_is_drawn_by_the_squared_distance_of_gradients():
    p, x = world()
    g = gradients(p, x)
    first = np.linalg.norm(g, axis=1).argmax()
    expected = ((g - g[first]) ** 2).sum(axis=1)
    drawn = [badge(p, x, 2, np.random.default_rng(seed))[0][1] for seed in range(4000)]
    shares = np.bincount(drawn, minlength=len(p)) / 4000
    np.testing.assert_allclose(shares, expected / expected.sum(), atol=0.02)


def test_the_third_is_drawn_by_the_distance_to_the_nearer_of_both():
    p, x = world(12)
    g = gradients(p, x)
    drawn = [badge(p, x, 3, np.random.default_rng(seed))[0] for seed in range(6000)]
    second = np.bincount([d[1] for d in drawn]).argmax()
    third = [d[2] for d in drawn if d[1] == second]
    gaps = np.minimum(((g - g[drawn[0][0]]) ** 2).sum(axis=1), ((g - g[second]) ** 2).sum(axis=1))
    shares = np.bincount(third, minlength=len(p)) / len(third)
    np.testing.assert_allclose(shares, gaps / gaps.sum(), atol=0.06)


def test_tight_groups_make_it_renew_its_distances_and_still_take_one_of_each():
    p, x = world(6, columns=6)
    which = np.random.default_rng(1).integers(0, 6, 5000)
    rows = x[which] + np.random.default_rng(2).normal(size=(5000, 6)).astype(np.float32) * 1e-4
    indices, _ = badge(p[which], rows, 6, np.random.default_rng(0))
    assert sorted(which[indices].tolist()) == [0, 1, 2, 3, 4, 5]


def test_numbers_that_are_not_finite_are_refused():
    p, x = world()
    x[3, 1] = np.inf
    with pytest.raises(ValueError, match="finite"):
        badge(p, x, 2, np.random.default_rng(0))
