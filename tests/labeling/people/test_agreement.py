"""How far people agree about drawn items: the figures of each kind, the paradox, and the verdict."""

import pytest

from audit.agreement import Agreement
from labeling.people.agreement import Verdict, missing, of_units, verdict
from tests.labeling.people.units import item_type, units

BOX = {"label": "car", "box": [0, 0, 10, 10]}
HALF = {"label": "car", "box": [0, 0, 10, 5]}
AWAY = {"label": "car", "box": [50, 50, 60, 60]}


def values(found):
    return {name: round(one.value, 3) for name, one in found.figures.items()}


def test_classes_are_judged_by_ac1():
    answers = units(("negative", "negative"), ("positive", "positive"), ("neutral", "positive"), times=40)
    found = of_units(item_type(), answers)
    assert (found.scale, found.headline, found.units, found.ratings, found.people) == (
        "nominal",
        "ac1",
        120,
        240,
        2,
    )
    assert values(found) == {"percent": 0.667, "ac1": 0.52, "alpha": 0.457, "fleiss": 0.455}
    assert found.shares == (
        ("positive", 0.5),
        ("negative", pytest.approx(1 / 3)),
        ("neutral", pytest.approx(1 / 6)),
    )


def test_steps_of_a_scale_that_lie_near_count_as_half_agreed():
    near = units(("negative", "negative"), ("positive", "positive"), ("neutral", "positive"), times=40)
    far = units(("negative", "negative"), ("positive", "positive"), ("negative", "positive"), times=40)
    one, other = (of_units(item_type(ordered=True), some) for some in (near, far))
    assert (one.scale, one.headline, sorted(one.figures)) == (
        "ordinal",
        "ac2",
        ["ac2", "alpha", "percent", "weighted"],
    )
    assert one.figures["percent"] == other.figures["percent"]
    assert all(
        one.figures[name].value > other.figures[name].value + 0.2 for name in ("alpha", "ac2", "weighted")
    )


def test_numbers_are_judged_by_alpha_for_intervals():
    made = item_type("regression", (), minimum=0, maximum=10, agreement_tolerance=0.1)
    found = of_units(made, units((1, 1.5), (5, 5), (9, 7)))
    assert (found.scale, found.headline, values(found)) == (
        "interval",
        "alpha",
        {"percent": 0.667, "alpha": 0.926},
    )


def test_boxes_are_judged_by_their_overlap():
    found = of_units(
        item_type("detection", ["car"]), units(([BOX], [BOX]), ([BOX], [HALF]), ([BOX], [BOX, AWAY]))
    )
    assert (found.scale, found.headline) == ("distance", "iou")
    assert values(found) | {"alpha": None} == {"percent": 0.333, "iou": 0.667, "f1": 0.857, "alpha": None}


def test_texts_are_judged_by_alpha_over_their_likeness():
    found = of_units(
        item_type("generation", ()), units(("Yes, it is.", "yes, it is."), ("Ask at the desk.", "No."))
    )
    assert (found.headline, list(found.figures)) == ("alpha", ["percent", "likeness", "alpha"])
    assert found.figures["percent"].value == 0.5


def test_sets_of_labels_have_a_distance():
    both = units((["negative"], ["negative"]), (["negative", "neutral"], ["negative"]))
    found = of_units(item_type(multilabel=True), both)
    assert (found.scale, found.headline, found.figures["likeness"].value) == ("distance", "alpha", 0.75)


def test_an_item_drawn_seldom_stands_for_many():
    answers = units(("negative", "negative")) + units(("negative", "positive"), weight=4.0)
    assert of_units(item_type(), answers).figures["percent"].value == pytest.approx(1 / 5)


def test_the_paradox_is_seen_where_it_bites():
    rare = units(("negative", "negative"), times=184) + units(("positive", "negative"), times=16)
    even = units(("negative", "negative"), ("positive", "positive"), times=92)
    assert (of_units(item_type(), rare).paradox, of_units(item_type(), even).paradox) == (True, False)
    assert of_units(item_type(), rare[:50]).paradox is False


def test_few_items_are_told_nothing_of_but_how_many_are_missing():
    found = of_units(item_type(), units(("negative", "negative"), ("neutral", "positive"), times=31))
    assert (list(found.told), found.verdict(0.85)) == (["percent"], Verdict("unknown", 38))
    assert missing("percent", found.figures["percent"]) == 0


@pytest.mark.parametrize(
    "kind", ["classification", "regression", "detection", "generation", "entity_linking"]
)
def test_of_nothing_nothing_is_told(kind):
    found = of_units(item_type(kind, ["car"]), [])
    assert (found.units, found.told, found.paradox, found.verdict(0.85).state) == (0, {}, False, "unknown")


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0.9, 0.87, 0.93), Verdict("met")),
        ((0.7, 0.6, 0.8), Verdict("missed")),
        ((0.9, 0.8, 0.95), Verdict("undecided", 600)),
        ((0.85, 0.8, 0.9), Verdict("undecided")),
        ((None, None, None), Verdict("unknown")),
    ],
)
def test_the_interval_decides_whether_the_target_is_reached(ends, said):
    assert verdict("ac1", Agreement(*ends, 200), 0.85) == said
