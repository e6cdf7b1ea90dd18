"""What columns are taken for, by their headings and by what stands below them."""

import pytest

from labeling.importing import columns
from routing.kinds import KINDS

OPEN = KINDS["classification"].cells


def guessed(rows, *, cells=OPEN, labels=("ham", "spam"), json_labels=False):
    names = list(rows[0])
    found = columns.guess(names, rows, cells, labels, json_labels=json_labels)
    return {column.name: column.target for column in found}


def test_headings_that_mean_ours_are_known_in_any_spelling():
    row = {"Post ID": "1", "Message": "Hi.", "Category": "x", "Views": "3", "context.shop": "a"}
    assert guessed([row]) == {
        "Post ID": "item_ref",
        "Message": "text",
        "Category": "label",
        "Views": "payload.Views",
        "context.shop": "context.shop",
    }


def test_our_own_names_stay_what_they_are():
    names = ("item_ref", "label", "user", "ts", "prediction.model", "prediction.label", "payload.text")
    assert guessed([dict.fromkeys(names, "x")]) == dict(zip(names, (*names[:6], "text"), strict=True))


def test_a_column_that_names_two_rows_alike_tells_none_apart():
    rows = [{"id": "1", "text": "a"}, {"id": "1", "text": "b"}]
    assert guessed(rows)["id"] == "payload.id"


def test_a_column_of_labels_and_the_longest_texts_are_found_without_a_heading():
    rows = [{"x": "spam", "y": "Buy now, buy here.", "z": "7"}, {"x": "ham", "y": "Hello you.", "z": "8"}]
    assert guessed(rows) == {"x": "label", "y": "text", "z": "payload.z"}


def test_an_answer_beside_a_confidence_is_the_models():
    assert guessed([{"text": "a", "label": "ham", "score": "0.9"}]) == {
        "text": "text",
        "label": "prediction.label",
        "score": "prediction.confidence",
    }


def test_labels_that_are_no_texts_are_read_as_json():
    rows = [{"image": "https://a.example/1.png", "width": "10", "height": "9", "label": "[]"}]
    found = guessed(rows, cells=KINDS["detection"].cells, json_labels=True)
    assert list(found.values()) == ["image", "width:json", "height:json", "label:json"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kinds_own_headings_are_known_and_none_twice(kind):
    cells = KINDS[kind].cells
    found = guessed([{cell.name: "1" for cell in cells}], cells=cells)
    assert list(found.values()) == [cell.target for cell in cells]


def test_samples_are_the_first_texts_each_once():
    rows = [{"a": value} for value in ("", "x", "x", "y", "z", "w")]
    assert columns.samples("a", rows) == ("x", "y", "z")


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"text": "a", "score": "0.5"}, "payload.score"),
        ({"text": "a", "label": "ham", "score": "4.5"}, "payload.score"),
        ({"text": "a", "label": "ham", "score": "93%"}, "prediction.confidence"),
        ({"text": "a", "label": "ham", "score": "0,93"}, "prediction.confidence"),
    ],
)
def test_a_score_is_a_confidence_only_beside_an_answer_and_within_0_and_1(row, found):
    assert guessed([row])["score"] == found


def test_a_column_without_a_heading_is_left_out():
    assert guessed([{"column 1": "0", "text": "a"}])["column 1"] == ""
