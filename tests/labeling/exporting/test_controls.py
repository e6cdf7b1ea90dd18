"""Boxes in percent and back: what was a round number stays one, what was not stays what it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.exporting.controls import Control, Regions, Unreadable
from routing.kinds import TypeSpec

SIDE = st.integers(1, 100_000)
SPEC = TypeSpec("detection", labels=("car",))
SHARE = st.floats(0, 1, allow_nan=False)


def back(box, payload):
    """Return the results for a box, the box read from them, and the results for that."""
    tag = Regions()
    results = tag.write([{"label": "car", "box": box}], payload)
    read = tag.read(results, payload, SPEC)
    return results, read[0]["box"], tag.write(read, payload)


@given(SIDE, SIDE, SHARE, SHARE, SHARE, SHARE)
def test_percent_are_the_same_after_there_and_back(width, height, a, b, c, d):
    box = [width * min(a, b), height * min(c, d), width * max(a, b), height * max(c, d)]
    results, _, again = back(box, {"image": "x", "width": width, "height": height})
    assert again == results


@given(st.integers(2, 20_000), st.integers(2, 20_000), SHARE, SHARE)
def test_whole_pixels_come_back_whole(width, height, a, b):
    box = [int(a * (width - 1)), int(b * (height - 1)), width, height]
    _, read, _ = back(box, {"image": "x", "width": width, "height": height})
    assert (read, [type(one) for one in read]) == (box, [int] * 4)


@given(SIDE, SIDE, st.lists(st.tuples(SHARE, SHARE), min_size=3, max_size=9))
def test_outlines_are_the_same_after_there_and_back(width, height, shares):
    payload = {"image": "x", "width": width, "height": height}
    polygon = [[width * x, height * y] for x, y in shares]
    results = Regions().write([{"label": "car", "box": [0, 0, 1, 1], "polygon": polygon}], payload)
    assert [one["type"] for one in results] == ["polygonlabels"]
    assert Regions().write(Regions().read(results, payload, SPEC), payload) == results


@pytest.mark.parametrize("value", [{"points": [[1, 2]]}, {"polygonlabels": ["car"], "points": [[1], [2]]}])
def test_an_outline_without_corners_or_label_is_unreadable(value):
    with pytest.raises(Unreadable, match="points and one label"):
        Regions().read([{"type": "polygonlabels", "value": value}], {"width": 9, "height": 9}, SPEC)


def test_a_kind_without_a_tag_of_its_own_is_written_as_json():
    tag, label = Control(), {"rows": [1, "zwei"]}
    results = tag.write(label, {"text": "x"})
    assert results[0]["value"] == {"text": ['{"rows": [1, "zwei"]}']}
    assert tag.read(results, {"text": "x"}, SPEC) == label
