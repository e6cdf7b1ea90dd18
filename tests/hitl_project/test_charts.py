"""The geometry of the dashboard's charts."""

from datetime import UTC, datetime

import pytest

from hitl_project import charts
from hitl_project.flow import Step

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (1, 1), (2, 2), (3, 5), (7, 10), (11, 20), (4_999, 5_000)]
)
def test_the_ceiling_is_the_next_round_number(value, top):
    assert charts.ceiling(value) == top


def test_blocks_stand_on_one_another_and_fill_their_share_of_the_height():
    (bar,) = charts.bars([Step(NOW, 5, 3, 2)], ["today"], 10)
    assert [(block.part, block.y, block.height) for block in bar.blocks] == [
        ("automated", 90, 90),
        ("human", 36, 54),
        ("expert", 0, 36),
    ]


def test_an_empty_step_has_no_blocks():
    (bar,) = charts.bars([Step(NOW)], ["today"], 1)
    assert bar.blocks == ()


def test_bars_stay_inside_the_chart():
    bars = charts.bars([Step(NOW, 1)] * 30, ["a day"] * 30, 1)
    assert bars[0].x > 0
    assert bars[-1].x + bars[-1].width < charts.WIDTH


def test_the_line_breaks_where_nothing_is_known():
    line = charts.line([1.0, 0.5, None, 0.0])
    assert line.paths == ("M90 0 L270 90",)
    assert line.dots == ((630.0, 180.0),)


def test_without_values_there_is_no_line():
    assert charts.line([None, None]) == charts.Line((), ())
