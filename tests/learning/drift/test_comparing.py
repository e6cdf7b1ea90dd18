"""What a look finds where the world has moved, and that it names the right thing."""

import numpy as np
import pytest

from learning.drift.comparing import compare
from learning.drift.overrides import Looked
from tests.learning.drift import worlds

UNSEEN = Looked(np.zeros(0, bool), np.zeros(0, bool), np.zeros(0))


def drifted(found) -> set[tuple[str, int]]:
    return {(one.test, one.window) for one in found if one.drifted}


def test_a_steady_stream_has_not_drifted():
    found = compare(worlds.rows(2_000, seed=1), None, UNSEEN)
    assert [(one.test, one.window, one.then) for one in found] == [
        (test, window, 1_000) for window in (200, 1_000) for test in ("scores", "answers", "inputs", "fields")
    ]
    assert drifted(found) == set()


@pytest.mark.parametrize(
    ("world", "tests"),
    [
        ({"harder": 0.3}, {"scores"}),
        ({"leaning": 0.2}, {"answers"}),
        ({"moved": 1.0}, {"inputs", "fields"}),
    ],
)
def test_what_has_moved_is_found_in_both_windows_and_nothing_else(world, tests):
    stream = worlds.joined(worlds.rows(1_000, seed=2), worlds.rows(1_000, seed=3, **world))
    assert drifted(compare(stream, None, UNSEEN)) == {
        (one, window) for one in tests for window in (200, 1_000)
    }


def test_a_sudden_change_is_found_by_the_small_window():
    stream = worlds.joined(worlds.rows(800, seed=4), worlds.rows(200, seed=5, leaning=0.25))
    found = next(one for one in compare(stream, None, UNSEEN) if one.drifted)
    assert (found.test, found.window, found.then, found.now) == ("answers", 200, 800, 200)
    name, old, new = found.picture["shares"][0]
    assert (name, new - old > 0.15) == ("c0", True)


def test_inputs_are_held_against_what_the_model_learnt_from():
    learnt, stream = worlds.rows(500, seed=6), worlds.rows(600, seed=7, moved=0.8)
    assert drifted(compare(stream, None, UNSEEN)) == set()
    found = compare(stream, learnt, UNSEEN)
    assert drifted(found) == {("inputs", 200), ("fields", 200)}
    assert next(one for one in found if one.test == "fields").picture["fields"][0]["name"] == "feature 0"


def test_the_items_that_are_most_unlike_what_was_there_are_named():
    odd = worlds.rows(10, seed=8, moved=6)
    stream = worlds.joined(worlds.rows(790, seed=9), odd)
    named = [f"odd-{place}" for place in range(10)]
    stream.ids[-10:] = named
    found = next(one for one in compare(stream, None, UNSEEN) if one.test == "inputs")
    assert set(found.picture["unlike"]) <= set(named)


def test_inputs_that_can_not_be_read_are_left_out():
    stream = worlds.rows(500, seed=10)
    stream.vectors[::5] = np.nan
    found = next(one for one in compare(stream, None, UNSEEN) if one.test == "inputs")
    assert (found.then, found.now, found.drifted) == (240, 160, False)


@pytest.mark.parametrize("count", [0, 399])
def test_too_few_decisions_tell_nothing(count):
    assert compare(worlds.rows(count, seed=1), None, UNSEEN) == []


def test_more_overturned_answers_are_found_without_any_decision_to_compare():
    rng = np.random.default_rng(3)
    overturned = np.concatenate([rng.random(400) < 0.08, rng.random(200) < 0.25])
    (found,) = compare(
        worlds.rows(0, seed=1), None, Looked(overturned, rng.random(600) < 0.5, rng.random(600))
    )
    assert (found.test, found.window, found.now, found.drifted) == ("overrides", 200, 200, True)
    assert found.effect == pytest.approx(overturned[400:].mean() - overturned[:400].mean(), abs=0.03)


def test_more_reviews_of_hard_items_are_no_rise_of_overturned_answers():
    rng = np.random.default_rng(4)
    automated = np.concatenate([rng.random(400) < 0.8, rng.random(200) < 0.2])
    overturned = rng.random(600) < np.where(automated, 0.01, 0.3)
    (found,) = compare(worlds.rows(0, seed=1), None, Looked(overturned, automated, rng.random(600)))
    crude = overturned[400:].mean() - overturned[:400].mean()
    assert (crude > 0.1, abs(found.effect) < 0.05, found.drifted) == (True, True, False)


@pytest.mark.parametrize(("before", "after"), [(0.98, 0.85), (0.85, 0.98)])
def test_a_threshold_that_moves_is_no_rise_of_overturned_answers(before, after):
    looked = worlds.followed(worlds.looked(3_000, 11, before), worlds.looked(3_000, 12, after))
    found = compare(worlds.rows(0, seed=1), None, looked)
    assert ([one.window for one in found], drifted(found)) == ([200, 1_000], set())


def test_more_overturned_answers_are_found_though_the_threshold_moved_as_well():
    worse = worlds.looked(3_000, 14, 0.85, worse=0.1)
    looked = worlds.followed(worlds.looked(3_000, 13, 0.98), worse)
    found = compare(worlds.rows(0, seed=1), None, looked)
    assert ("overrides", 1_000) in drifted(found)
