"""Scores of numbers, boxes and texts by their definitions."""

import math

import pytest

from learning.sampling import scores

BOX, BESIDE = [0, 0, 10, 10], [50, 50, 60, 60]


def test_perplexity_is_one_over_the_geometric_mean_of_the_probabilities():
    assert scores.perplexity([math.log(0.5), math.log(0.125)]) == pytest.approx(4)


@pytest.mark.parametrize("logarithms", [[], [0.1], [float("nan")], [-math.inf]])
def test_what_is_no_list_of_log_probabilities_is_refused(logarithms):
    with pytest.raises(ValueError, match="logarithms of probabilities"):
        scores.perplexity(logarithms)


def test_variance_and_disagreement_are_means():
    assert (scores.variance([1, 3]), scores.disagreement([0.0, 0.5, 1.0])) == (1, 0.5)


def test_harm_is_a_number_or_the_count_of_flags():
    assert (scores.harm(0.7), scores.harm(["insult", "threat"]), scores.harm([])) == (0.7, 2, 0)


def test_a_box_at_one_half_is_a_bit_of_doubt_for_its_seconds():
    assert scores.boxes_doubt([0.5]) == pytest.approx(1 / 15)
    assert scores.boxes_doubt([0.5, 0.5]) == pytest.approx(2 / 25)
    assert scores.boxes_doubt([0.5], ["rare"], {"rare": 3.0}) == pytest.approx(3 / 15)
    assert scores.boxes_doubt([]) == 0


def test_boxes_that_stay_are_stable_and_boxes_that_vanish_are_not():
    assert scores.box_instability([BOX], [[BOX], [BOX]]) == 0
    assert scores.box_instability([BOX], [[BOX], []]) == 0.5
    assert scores.box_instability([BOX], [[[0, 0, 10, 5]]]) == 0.5
    assert scores.box_instability([], [[BOX]]) == 0


def test_missed_and_false_boxes_are_counted_one_to_one():
    assert scores.box_errors([BOX, BOX], [BOX, BESIDE]) == (1, 1)
    assert scores.box_errors([], [BOX]) == (1, 0)
    assert scores.box_errors([BOX], []) == (0, 1)
    assert scores.box_errors([BOX], [[0, 0, 10, 4]]) == (1, 1)
