"""Curves of two arms: how many labels of one reach what the other reaches with all of its own."""

import numpy as np
import pytest

from learning.proving import curves
from learning.proving.curves import Arms

CLASSES, WIDTH, JUDGES = 4, 20, 300
EVEN, RARE = np.full(CLASSES, 1 / CLASSES), np.array([0.85, 0.05, 0.05, 0.05])
RARER = np.array([0.97, 0.01, 0.01, 0.01])


def nearest(rows, labels, held, right):
    """Return what learns the class whose mean is nearest; a class without labels is never said."""

    counted, wide = np.eye(CLASSES)[labels], np.c_[rows, np.ones(len(rows))]

    def learn(some, weights):
        sums = (counted[some] * weights[:, None]).T @ wide[some]
        means = sums[:, :-1] / np.maximum(sums[:, -1:], 1e-9)
        short = (means * means).sum(axis=1) / 2
        short[sums[:, -1] == 0] = np.inf
        return ((held @ means.T - short).argmax(axis=1) == right).astype(float)

    return learn


def compared(seed, chosen, random, *, drawn=EVEN, picked=EVEN, judged=EVEN, base=0, apart=2):
    """Return the comparison in a world where classes are `drawn` by chance and `picked` by the strategy."""
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(CLASSES, WIDTH)) * apart / np.sqrt(WIDTH)
    labels = rng.choice(CLASSES, base + chosen + random, p=drawn)
    labels[base : base + chosen] = rng.choice(CLASSES, chosen, p=picked)
    rows = means[labels] + rng.normal(size=(len(labels), WIDTH))
    right = rng.choice(CLASSES, JUDGES, p=judged)
    held = means[right] + rng.normal(size=(JUDGES, WIDTH))
    arms = Arms(*np.split(np.arange(len(labels)), [base, base + chosen]))
    learn = nearest(rows, labels, held, right)
    return curves.compare(arms, learn, np.ones(JUDGES), resamples=60, rng=rng)


@pytest.mark.parametrize(
    ("chosen", "random", "world"),
    [
        (900, 100, {}),
        (200, 50, {"drawn": RARE, "picked": RARE}),
        (100, 400, {}),
        (300, 100, {"base": 100}),
    ],
)
def test_a_strategy_that_is_random_has_1_within_its_interval(chosen, random, world):
    found = [compared(seed, chosen, random, **world) for seed in range(50)]
    assert np.mean([one.low <= 1 <= one.high for one in found]) >= 0.93


def test_a_strategy_that_finds_rare_classes_is_found_to_pay():
    found = [compared(seed, 900, 100, drawn=RARE) for seed in range(30)]
    assert np.mean([one.low > 1 for one in found]) >= 0.7
    assert np.median([one.saving for one in found]) == pytest.approx(4.5, abs=1.5)


def test_a_strategy_that_misses_rare_classes_is_found_to_lose():
    found = [compared(seed, 800, 200, drawn=RARE, picked=RARER) for seed in range(20)]
    assert np.mean([one.high < 1 for one in found]) >= 0.7
    assert np.median([one.saving for one in found]) == pytest.approx(0.23, abs=0.1)


def test_the_larger_arm_may_be_the_random_one():
    found = [compared(seed, 100, 900, drawn=RARE) for seed in range(20)]
    assert np.mean([one.low > 1 for one in found]) >= 0.8


def rising(labels, speed):
    return 1 - np.exp(-np.asarray(labels) * speed)


@pytest.mark.parametrize("times", [0.4, 1.0, 2.5])
def test_the_saving_is_read_off_curves_without_noise(times):
    chosen, random = curves.sizes(100, 400), curves.sizes(100, 100)
    found = curves.saving(chosen, rising(chosen, times / 100), random, rising(random, 1 / 100))
    assert found == pytest.approx(times, rel=0.02)


def test_swapping_the_arms_turns_the_saving_round():
    one, other = curves.sizes(90, 310), curves.sizes(90, 90)
    there = curves.saving(one, rising(one, 0.03), other, rising(other, 0.01))
    back = curves.saving(other, rising(other, 0.01), one, rising(one, 0.03))
    assert there * back == pytest.approx(1)


def test_a_score_is_not_reached_by_one_lucky_point():
    steps = curves.rising(np.log([10, 20, 40, 80]), np.array([0.5, 0.9, 0.6, 0.8]))
    assert 28 < curves.reached(*steps, 0.76) < 80


def test_sizes_begin_with_the_least_and_end_with_all_labels():
    assert curves.sizes(64, 64).tolist() == [8, 11, 16, 23, 32, 45, 64]
    assert curves.sizes(8, 20).tolist() == [8, 11, 16, 20]


@pytest.mark.parametrize(("chosen", "random"), [(400, 100), (100, 100), (60, 150)])
def test_where_nothing_had_to_be_learnt_nothing_is_saved_or_lost(chosen, random):
    arms = Arms(np.array([], int), np.arange(chosen), np.arange(chosen, chosen + random))
    judges = np.r_[np.ones(145), np.zeros(5)]
    found = curves.compare(
        arms, lambda rows, weights: judges, np.ones(150), resamples=9, rng=np.random.default_rng(0)
    )
    assert (found.low, found.saving, found.high) == (1, 1, 1)


@pytest.mark.parametrize(("chosen", "random"), [(400, 100), (100, 100)])
def test_where_the_first_labels_teach_all_chance_neither_pays_nor_loses(chosen, random):
    found = [compared(seed, chosen, random, apart=8) for seed in range(20)]
    assert np.mean([one.low <= 1 <= one.high for one in found]) >= 0.95


def test_held_out_labels_count_by_what_they_stand_for():
    arms = Arms(np.array([], int), np.arange(8), np.arange(8, 16))
    right = np.array([1.0, 0.0])
    found = curves.compare(
        arms, lambda rows, weights: right, np.array([3.0, 1.0]), resamples=5, rng=np.random.default_rng(0)
    )
    assert found.chosen.score.tolist() == [0.75]


def test_too_few_labels_in_an_arm_are_refused():
    arms = Arms(np.array([], int), np.arange(8), np.arange(8, 15))
    with pytest.raises(ValueError, match="7 labels in an arm"):
        curves.compare(arms, lambda rows, weights: rows, np.ones(2), rng=np.random.default_rng(0))
