"""Goals: how a pick is shared out, and which slice does worst."""

import numpy as np
import pytest

from learning.asking import goals
from learning.asking.goals import Part, Weak
from learning.judging.evaluation import Metric

CLASSES = ("a", "b", "c")


def test_accuracy_leaves_the_whole_pick_to_the_strategy():
    assert goals.parts("accuracy", "margin") == (Part("margin", 1.0),)


@pytest.mark.parametrize(("goal", "counts"), [("fairness", [5, 6]), ("edge_cases", [2, 2, 2, 5])])
def test_the_parts_of_a_pick_add_up_to_it(goal, counts):
    assert goals.sizes(goals.parts(goal, "margin"), 11) == counts


def test_the_weakest_slice_is_the_one_that_is_bad_beyond_chance():
    few = Metric("accuracy", "context.land=fr", 0.0, 0.0, 0.7, 3)
    many = Metric("accuracy", "context.land=de", 0.5, 0.45, 0.55, 400)
    other = Metric("accuracy", "context.land=other", 0.1, 0.05, 0.2, 90)
    assert goals.weak([few, many, other], CLASSES) == Weak("context.land=de")


def test_without_slices_by_fields_the_weakest_class_counts():
    known = Metric("recall", "class: b", 0.4, 0.3, 0.5, 90)
    gone = Metric("recall", "class: z", 0.1, 0.0, 0.2, 90)
    assert goals.weak([known, gone, Metric("accuracy", "all", 0.2, 0.1, 0.3, 90)], CLASSES) == Weak(
        "class: b"
    )
    assert goals.weak([], CLASSES) is None


def test_an_item_may_be_of_a_class_that_is_among_its_likeliest_two():
    said = np.array([[0.5, 0.4, 0.1], [0.5, 0.1, 0.4], [0.1, 0.8, 0.1]])
    assert Weak("class: b").holds([{}] * 3, [{}] * 3, said, CLASSES).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("name", "value", "belongs"),
    [
        ("de", "de", True),
        ("de", "fr", False),
        ("true", True, True),
        ("none", None, True),
        ("up to 3", 3, True),
        ("up to 3", 3.5, False),
        ("over 3 to 7.5", 3, False),
        ("over 3 to 7.5", 7.5, True),
        ("over -1e+06", 0, True),
        ("over 9", "over 9", True),
    ],
)
def test_an_item_belongs_to_a_slice_by_its_field(name, value, belongs):
    held = Weak(f"context.x={name}").holds([{}], [{"x": value}], np.ones((1, 3)), CLASSES)
    assert held.tolist() == [belongs]
