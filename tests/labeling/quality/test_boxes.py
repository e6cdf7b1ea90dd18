"""Boxes that can hardly be meant."""

import pytest

from labeling.quality.boxes import impossible

IMAGE = {"image": "https://example.org/a.png", "width": 1000, "height": 500}


def box(*corners, label="car"):
    return {"label": label, "box": list(corners)}


@pytest.mark.parametrize(
    ("boxes", "score", "detail"),
    [
        ([box(10, 10, 12, 200)], 0.8, "box 1 (car) is only 2 × 190 pixels"),
        ([box(0, 0, 1000, 500)], 0.5, "box 1 (car) covers the whole image"),
        ([box(900, 10, 1010, 200)], 0.9, "box 1 (car) lies beyond the image"),
        ([box(10, 10, 200, 200), box(11, 10, 200, 200)], 0.9, "boxes 1 and 2 are the same car twice"),
        (
            [box(10, 10, 200, 200), box(11, 10, 200, 200, label="bus")],
            0.6,
            "boxes 1 and 2 are one place called car and bus",
        ),
    ],
)
def test_a_box_that_can_hardly_be_one_is_doubtful(boxes, score, detail):
    doubt = impossible(boxes, IMAGE)
    assert (doubt.check, doubt.score, doubt.detail) == ("impossible_box", score, detail)


@pytest.mark.parametrize("boxes", [[], [box(10, 10, 200, 200), box(250, 10, 400, 200)]])
def test_ordinary_boxes_are_not_doubtful(boxes):
    assert impossible(boxes, IMAGE) is None


@pytest.mark.parametrize("label", ["car", None, 3.5, ["car", "bus"]])
def test_labels_of_other_kinds_have_no_boxes(label):
    assert impossible(label, {"text": "A car."}) is None


def test_the_worst_of_several_oddities_comes_first():
    doubt = impossible([box(10, 10, 12, 200), box(900, 10, 1010, 200)], IMAGE)
    assert (
        doubt.score,
        doubt.detail,
    ) == (0.9, "box 2 (car) lies beyond the image; box 1 (car) is only 2 × 190 pixels")
