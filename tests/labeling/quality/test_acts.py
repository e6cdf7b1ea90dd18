"""Answers too fast to have been thought of, and edits that change nothing."""

import pytest

from labeling.quality import acts
from routing.kinds import KINDS, TypeSpec

TEXT = "The parcel came two days late and the box was open."  # 11 words
GENERATION = TypeSpec("generation")


def test_the_least_time_is_a_reaction_and_a_glance_at_the_words():
    assert acts.least_seconds(TEXT) == pytest.approx(0.3 + 11 / 20)
    assert acts.least_seconds("") == pytest.approx(0.3)


def test_nobody_is_asked_to_look_at_more_than_a_hundred_words():
    assert acts.least_seconds("word " * 5_000) == acts.least_seconds("word " * 100) == pytest.approx(5.3)


def test_a_text_without_spaces_takes_time_as_well():
    assert acts.least_seconds("包裹晚了两天才到而且盒子是开着的请退款谢谢") > acts.least_seconds("包裹") > 0.3


def test_an_answer_before_the_words_can_be_seen_is_doubtful_and_says_why():
    doubt = acts.too_fast(TEXT, 340)
    assert (doubt.check, doubt.detail) == (
        "too_fast",
        "answered after 0.34 s; a glance at it takes 0.85 s",
    )
    assert doubt.score == pytest.approx(1 - 0.34 / 0.85)


@pytest.mark.parametrize("spent", [None, 850, 60_000])
def test_an_answer_in_time_or_not_timed_is_not_doubtful(spent):
    assert acts.too_fast(TEXT, spent) is None


@pytest.mark.parametrize(
    ("said", "label", "score"),
    [
        ("Send  it back.", "send it back.", 0.6),
        ("Send it back.", "Send it back!", 0.4),
        ("Send it back.", "Send it back.", None),
        ("Send it back.", "Keep it.", None),
        ("Pay 1.5 euro", "Pay 15 euro", None),
    ],
)
def test_a_text_is_an_empty_edit_when_its_letters_stay(said, label, score):
    doubt = acts.empty_edit(said, label, KINDS["generation"], GENERATION)
    assert (doubt and doubt.score) == score


def test_two_classes_are_never_the_same_however_they_are_written():
    spec = TypeSpec("classification", labels=("+1", "-1"))
    assert acts.empty_edit("+1", "-1", KINDS["classification"], spec) is None


@pytest.mark.parametrize(("corner", "doubtful"), [(100.2, True), (140, False)])
def test_a_box_that_hardly_moves_is_an_empty_edit(corner, doubtful):
    spec = TypeSpec("detection", labels=("car",))
    said, label = [{"label": "car", "box": [0, 0, 100, 100]}], [{"label": "car", "box": [0, 0, corner, 100]}]
    assert bool(acts.empty_edit(said, label, KINDS["detection"], spec)) is doubtful


def test_what_must_be_looked_at_of_a_generation_is_the_query_and_the_output():
    payload = {"query": "Late?", "context": ["long " * 50], "output": "Yes."}
    assert KINDS["generation"].reading(payload).split() == ["Late?", "Yes."]
    assert KINDS["classification"].reading({"image": "data:image/png;base64,AAAA"}) == ""
