"""The protocol of Label Studio's ML backends: what is asked, what is read, what is refused."""

import json

import pytest

from learning.external import protocol
from routing.errors import PredictionFailed
from routing.kinds import TypeSpec
from tests.learning.external.backend import choice

MOODS = TypeSpec("classification", ("good", "bad"))
PICTURE = {"image": "https://pictures.example/1.png", "width": 200, "height": 100}


def read(prediction, payload=None, spec=MOODS, **more):
    answer = {"results": [prediction], "model_version": "bert-v2", **more}
    (said,) = protocol.read(json.dumps(answer), [payload or {"text": "So so."}], spec)
    return said[0] if isinstance(said, tuple) else said


def result(kind, value, **more):
    return {"from_name": "label", "to_name": "x", "type": kind, "value": value, **more}


def test_tasks_are_numbered_and_the_config_names_what_is_asked():
    asked = protocol.request([{"text": "a"}, {"text": "b"}], MOODS, "moods")
    assert asked["tasks"] == [{"id": 1, "data": {"text": "a"}}, {"id": 2, "data": {"text": "b"}}]
    assert asked["label_config"] == (
        '<View><Text name="text" value="$text"/><Choices name="label" toName="text" choice="single">'
        '<Choice value="good"/><Choice value="bad"/></Choices></View>'
    )


def test_a_choice_is_read_with_its_score_and_model():
    said = read(choice("good", 0.9))
    assert (said.model, said.label, said.confidence) == ("bert-v2", "good", 0.9)
    assert read(choice("good", model_version="own")).model == "own"


@pytest.mark.parametrize(
    ("kind", "payload", "results", "label"),
    [
        (
            "generation",
            {"query": "q", "context": "c", "output": "o"},
            [result("textarea", {"text": ["x"]})],
            "x",
        ),
        ("preference", {"prompt": "p", "a": "1", "b": "2"}, [result("pairwise", {"selected": "right"})], "b"),
        ("regression", {"text": "t"}, [result("number", {"number": 3.5})], 3.5),
        ("regression", {"text": "t"}, [result("rating", {"rating": 4})], 4),
    ],
)
def test_each_kind_is_read_as_label_studio_says_it(kind, payload, results, label):
    assert read({"result": results, "score": 0.7}, payload, TypeSpec(kind)).label == label


def test_boxes_come_in_pixels_and_their_mean_score_stands_for_all():
    spec = TypeSpec("detection", ("cat",))
    boxes = [
        result("rectanglelabels", {"x": 10, "y": 10, "width": 50, "height": 50, "rectanglelabels": ["cat"]},
               score=score)
        for score in (0.5, 1.0)
    ]  # fmt: skip
    said = read({"result": boxes}, PICTURE, spec)
    assert [one["box"] for one in said.label] == [[20, 10, 120, 60]] * 2
    assert said.confidence == 0.75


def test_the_predictions_of_several_models_are_all_read_and_odd_ones_left_out():
    answer = {"results": [[choice("bad", model_version="one"), {}, choice("good", model_version="two")]]}
    (said,) = protocol.read(json.dumps(answer), [{"text": "So so."}], MOODS)
    assert [(one.model, one.label) for one in said] == [("one", "bad"), ("two", "good")]


def test_a_prediction_without_a_score_counts_as_wholly_unsure():
    assert read(choice("good", None)).confidence == 0.0


NOTHING = "the ML backend has no prediction for this item"
UNREAD = "the ML backend's answer can't be read: There is not one result of type choices here, but 0."
UGLY = "the ML backend's answer does not fit: There is no label 'ugly'. Use one of: good, bad."
SCORE = "the ML backend's score is not a number from 0 to 1"


@pytest.mark.parametrize(
    ("prediction", "why"),
    [
        ({}, NOTHING),
        ({"result": [{"type": "choices", "value": "good"}]}, NOTHING),
        ({"result": []}, UNREAD),
        (choice("ugly"), UGLY),
        (choice("good", 1.5), SCORE),
    ],
)
def test_what_can_not_be_used_says_why(prediction, why):
    said = read(prediction)
    assert (type(said), said.detail) == (PredictionFailed, why)


@pytest.mark.parametrize("text", ["<html>", '{"results": []}', "[]", '{"results": "x"}', "[" * 5000])
def test_an_answer_to_other_tasks_is_unintelligible(text):
    with pytest.raises(protocol.Unintelligible):
        protocol.read(text, [{"text": "a"}], MOODS)
