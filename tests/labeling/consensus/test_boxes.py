"""Several people's boxes become those that most of them drew."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from labeling.consensus.boxes import fuse
from routing.similarity import overlaps


def cat(*box, **more):
    return {"label": "cat", "box": list(box), **more}


def test_each_coordinate_is_the_median_of_those_who_drew_it():
    said = [[cat(0, 0, 10, 10)], [cat(1, 0, 11, 9)], [cat(0, 2, 30, 10)]]
    assert fuse([*said[:2], [cat(0, 2, 13, 10)]]) == [cat(0, 0, 11, 10)]


def test_what_half_of_them_drew_is_left_out():
    assert fuse([[cat(0, 0, 10, 10), cat(50, 50, 60, 60)], [cat(0, 0, 10, 12)]]) == [cat(0, 0, 10, 11)]
    assert fuse([[cat(0, 0, 10, 10)], []]) == []


def test_classes_are_never_mixed():
    dog = {"label": "dog", "box": [0, 0, 10, 10]}
    assert fuse([[cat(0, 0, 10, 10)], [dog], [dog]]) == [{"label": "dog", "box": [0, 0, 10, 10]}]


def test_neighbours_are_matched_one_to_one():
    one, two = cat(0, 0, 10, 10), cat(4, 0, 14, 10)
    assert fuse([[one, two], [two, one], [one, two]]) == [one, two]


def test_boxes_that_hardly_meet_are_two():
    assert fuse([[cat(0, 0, 10, 10)], [cat(6, 0, 16, 10)], [cat(60, 0, 70, 10)]]) == []


def test_one_persons_answer_is_taken_as_it_is():
    drawn = [cat(0, 0, 10, 10, score=0.5)]
    assert fuse([drawn]) == drawn


def test_an_outline_is_that_of_whoever_is_nearest_to_the_median():
    outlines = [[[0, 0], [size, 0], [size, 10]] for size in (10, 11, 20)]
    said = [[cat(0, 0, corners[1][0], 10, polygon=corners)] for corners in outlines]
    assert fuse(said) == said[1]


def test_one_outline_among_boxes_is_fused_as_a_box():
    outlined = cat(0, 0, 10, 10, polygon=[[0, 0], [10, 0], [10, 10]])
    assert fuse([[outlined], [cat(0, 0, 10, 10)], [cat(0, 0, 10, 10)]]) == [cat(0, 0, 10, 10)]


EDGES = st.integers(0, 40)
BOXES = st.builds(lambda x, y, w, h: cat(x, y, x + w + 1, y + h + 1), EDGES, EDGES, EDGES, EDGES)
PEOPLE = st.lists(st.lists(BOXES, max_size=4), min_size=2, max_size=5)


@given(PEOPLE)
def test_whatever_is_kept_lies_within_what_was_drawn_and_is_no_more_than_was_drawn(said):
    kept = [one["box"] for one in fuse(said)]
    drawn = [one["box"] for label in said for one in label]
    assert len(kept) <= max(map(len, said)) * 2
    assert all(overlaps([box], drawn).max() > 0 for box in kept)


@given(st.lists(BOXES, max_size=4), st.integers(2, 5))
def test_people_who_draw_the_same_are_taken_at_their_word(label, people):
    apart = all(overlaps([a["box"]], [b["box"]])[0, 0] < 0.4 for a, b in itertools.combinations(label, 2))
    if apart:
        assert fuse([label] * people) == label
