"""Words and picture of a proof."""

import pytest

from learning.proving import words

CURVES = {
    "chosen": [[10, 0.5, 0.4, 0.6], [100, 0.75, 0.7, 0.8], [1000, 0.85, 0.82, 0.88]],
    "random": [[10, 0.45, 0.35, 0.55], [100, 0.6, 0.5, 0.7]],
}


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((2.3, 1.8, 2.9), "2.3 times fewer labels, 95 % interval 1.8 to 2.9"),
        ((0.5, 0.25, 0.8), "2.0 times more labels, 95 % interval 1.2 to 4.0"),
        ((0.8, 0.5, 2.0), "1.2 times more labels, 95 % interval 0.5 to 2.0 (below 1: fewer)"),
    ],
)
def test_a_saving_is_one_sentence(numbers, said):
    assert words.sentence(*numbers) == said


def test_a_picture_spans_all_labels_and_all_bands():
    drawn = words.picture(CURVES)
    assert (drawn.low, drawn.high) == (0.3, 0.9)
    assert {one.arm: one.line.split()[0] for one in drawn.arms} == {"random": "M0", "chosen": "M0"}
    assert [one[1:] for one in drawn.ticks] == [
        (0.0, 10),
        (15.1, 20),
        (34.9, 50),
        (50.0, 100),
        (65.1, 200),
        (84.9, 500),
        (100.0, 1000),
    ]


def test_the_level_is_the_last_score_of_the_shorter_curve():
    assert words.picture(CURVES).level == pytest.approx(words.HEIGHT * 0.5)


@pytest.mark.parametrize("curves", [{}, {"chosen": CURVES["chosen"], "random": []}])
def test_without_both_curves_there_is_no_picture(curves):
    assert words.picture(curves) is None


def test_a_model_that_is_always_right_has_a_picture_too():
    flat = [[8, 1.0, 1.0, 1.0], [100, 1.0, 1.0, 1.0]]
    assert words.picture({"chosen": flat, "random": flat}).arms[0].line == f"M0 0 L{words.WIDTH} 0"
