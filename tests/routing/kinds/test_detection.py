"""Boxes in images."""

from time import process_time

import pytest

from routing.kinds import KINDS, TypeSpec
from tests.routing.kinds.samples import SAMPLES, errors_of

KIND = KINDS["detection"]
SPEC, PAYLOAD, _ = SAMPLES["detection"]


def car(*box, label="car"):
    return {"label": label, "box": list(box)}


def outline(*corners):
    return {"label": "car", "polygon": [list(corner) for corner in corners]}


def test_boxes_are_cut_to_the_image():
    boxes = [car(-0.4, 2, 100.3, 51) | {"score": 0.9, "id": 7}]
    assert KIND.clean_label(boxes, PAYLOAD, SPEC) == [car(0, 2, 100, 50) | {"score": 0.9}]


def test_without_a_picture_boxes_are_checked_but_not_cut():
    boxes = [car(-0.4, 2, 900, 51)]
    assert KIND.clean_label(boxes, None, SPEC) == [car(0, 2, 900, 51)]
    assert errors_of(KIND.clean_label, [car(9, 2, 1, 4)], None, SPEC) == [("label.0.box", "out_of_range")]


@pytest.mark.parametrize(
    ("box", "attr"),
    [
        (car(10, 2, 10, 40), "label.0.box"),
        (car(120, 2, 130, 40), "label.0.box"),
        (car(1, 2, 3), "label.0.box"),
        (car(1, 2, 3, float("inf")), "label.0.box"),
        (car(1, 2, 3, 4, label="cow"), "label.0.label"),
        (car(1, 2, 3, 4) | {"score": 1.5}, "label.0.score"),
        ([1, 2, 3, 4], "label.0"),
        (outline((1, 2), (3, 4)), "label.0.polygon"),
        (outline(*[(1, 2)] * 201), "label.0.polygon"),
        (outline((1, 2), (3, 4), (5, float("nan"))), "label.0.polygon"),
        (outline((1, 2), (3, 4), (5, 6)), "label.0.polygon"),
        (outline((120, 2), (130, 4), (120, 6)), "label.0.polygon"),
    ],
)
def test_a_wrong_box_is_named(box, attr):
    assert [found for found, _ in errors_of(KIND.clean_label, [box], PAYLOAD, SPEC)] == [attr]


def test_distance_is_one_minus_the_mean_overlap_and_a_lone_box_counts_nothing():
    a, b = car(0, 0, 10, 10), car(5, 0, 15, 10)
    assert KIND.distance([a], [b], SPEC) == pytest.approx(1 - 1 / 3)
    assert KIND.distance([a], [], SPEC) == 1.0
    assert KIND.distance([a], [a, car(50, 0, 60, 10)], SPEC) == pytest.approx(0.5)
    assert KIND.distance([], [], SPEC) == 0.0


def test_a_polygon_is_cut_to_the_image_and_its_bounds_are_its_box():
    sent = outline((-3, 5), (60, 5), (60, 99)) | {"box": "whatever", "score": 0.5}
    kept = outline((0, 5), (60, 5), (60, 50)) | {"box": [0, 5, 60, 50], "score": 0.5}
    assert KIND.clean_label([sent], PAYLOAD, SPEC) == [kept]


def test_polygons_are_compared_by_their_shape_and_not_by_their_bounds():
    one, other = outline((0, 0), (10, 0), (0, 10)), outline((0, 0), (10, 0), (10, 10))
    a, b, whole = *KIND.clean_label([one, other], PAYLOAD, SPEC), car(0, 0, 10, 10)
    assert KIND.distance([a], [b], SPEC) == pytest.approx(2 / 3)
    assert KIND.distance([a], [whole], SPEC) == pytest.approx(1 / 2)
    assert KIND.distance([a, b], [b, a], SPEC) == pytest.approx(0, abs=1e-12)


def test_a_heap_of_polygons_is_compared_in_time_and_is_like_itself():
    heap = [outline((0, 0), (100, 50), (number / 2, 50), (0, 25)) for number in range(190)]
    label, begun = KIND.clean_label(heap, PAYLOAD, SPEC), process_time()
    assert KIND.distance(label, label, SPEC) == pytest.approx(0, abs=1e-9)
    assert process_time() - begun < 8  # each with each would take twenty seconds


def test_boxes_of_different_classes_never_match():
    assert KIND.distance([car(0, 0, 10, 10)], [car(0, 0, 10, 10, label="bike")], SPEC) == 1.0


def test_the_order_of_boxes_does_not_matter():
    boxes = [car(i, 0, i + 9, 9) for i in range(0, 60, 7)]
    assert KIND.agree(boxes, boxes[::-1], SPEC)
    assert (KIND.slices(boxes), KIND.describe(boxes), KIND.describe([])) == (("car",), "9 × car", "no boxes")


def test_at_most_a_thousand_boxes():
    assert errors_of(KIND.clean_label, [car(0, 0, 1, 1)] * 1001, PAYLOAD, SPEC) == [("label", "invalid")]


def test_an_image_has_whole_sides():
    found = errors_of(KIND.clean_payload, PAYLOAD | {"width": 0, "height": 10.5}, SPEC)
    assert [attr for attr, _ in found] == ["payload.width", "payload.height"]
    assert errors_of(KIND.clean_spec, TypeSpec("detection")) == [("labels", "invalid")]


def test_boxes_with_a_partner_of_their_class_at_half_overlap_are_hits():
    one, near, far = car(0, 0, 10, 10), car(0, 0, 10, 8), car(0, 0, 10, 4)
    bus = car(0, 0, 10, 10, label="bus")
    pairs = [([one], [near]), ([one], [far]), ([one, bus], [one, one]), ([], [])]
    assert [KIND.hits(a, b) for a, b in pairs] == [(2, 2), (0, 2), (2, 4), (0, 0)]
